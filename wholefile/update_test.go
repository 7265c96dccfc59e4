package wholefile

import (
	"io"
	"os"
	"path/filepath"
	"testing"
)

// A file that has the content already stays the file that it is; any other is replaced.
func TestUpdate(t *testing.T) {
	path := filepath.Join(t.TempDir(), "a.csv")
	for _, c := range []struct {
		text string
		same bool
	}{
		{"", false}, {"", true}, {"one\n", false}, {"one\n", true}, {"one", false}, {"one\ntwo\n", false},
		{"two\none\n", false}, {"two\none\n", true},
	} {
		before, _ := os.Stat(path)
		err := Update(path, func(w io.Writer) error {
			for i := range c.text {
				if _, err := io.WriteString(w, c.text[i:i+1]); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		after, err := os.Stat(path)
		if err != nil || os.SameFile(before, after) != c.same {
			t.Errorf("%q: %v, the same file: %v, want %v", c.text, err, !c.same, c.same)
		}
		expect(t, path, c.text)
	}
}
