package results

import (
	"bytes"
	"encoding/csv"
	"fmt"
	"io"
	"testing"
)

// FuzzCSVRows holds the rows of a text to those of the standard library, with their lines and the error.
func FuzzCSVRows(f *testing.F) {
	for _, text := range []string{"", "\n", "a", "a,b\n1,2\n", "\n\na,b\n\n1,2", "a,b\n1\n", "a\n1,2\n3\n",
		",\n,\n", "a b, c\n",
		"\"a\",b\n1,2\n", "a\r\n1\r\n", "a\rb\n", "a,\"b\n1,2\n", "\xff\n\xfe\n", "a\x00b\n"} {
		f.Add([]byte(text))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		var got, want []string
		for row, err := range csvRows(text) {
			got = append(got, fmt.Sprintf("%d %q %v", row.line, row.cells, err))
		}
		for in := csv.NewReader(bytes.NewReader(text)); ; {
			cells, err := in.Read()
			if err == io.EOF {
				break
			}
			line := 0
			if err != nil {
				cells = nil
			} else {
				line, _ = in.FieldPos(0)
			}
			want = append(want, fmt.Sprintf("%d %q %v", line, cells, err))
			if err != nil {
				break
			}
		}
		if fmt.Sprint(got) != fmt.Sprint(want) {
			t.Errorf("%q:\n%s\nwant\n%s", text, got, want)
		}
	})
}
