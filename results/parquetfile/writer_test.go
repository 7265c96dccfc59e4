package parquetfile

import (
	"bytes"
	"io"
	"math"
	"strconv"
	"strings"
	"testing"

	"github.com/parquet-go/parquet-go"
)

// Columns keep their order, values their bits, empty cells are null, and there are several row groups.
func TestWriter(t *testing.T) {
	columns := []Column{
		{"zulu", Text, nil}, {"alpha", Number, nil}, {"mike", Whole, nil}, {"seed", Unsigned, nil},
		{"yes", Truth, nil}, {"at", Time, nil},
		{"read", Text, func(cell string) (string, error) { return strings.TrimPrefix(cell, "'"), nil }},
	}
	var file bytes.Buffer
	w := NewWriter(&file, columns)
	rows := [][]string{
		{"a", "0.1", "-3", "18446744073709551615", "true", "2026-01-02T03:04:05Z", "'=1"},
		{"", "", "", "", "", "", ""},
		{"ü,\n", "5e-324", "9223372036854775807", "0", "false", "0001-01-01T00:00:00Z", "plain"},
	}
	n := groupRows + 5
	for i := range n {
		if err := w.WriteRow(rows[i%len(rows)]); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	f, err := parquet.OpenFile(bytes.NewReader(file.Bytes()), int64(file.Len()))
	if err != nil {
		t.Fatal(err)
	}
	for i, c := range columns {
		if got := f.Schema().Columns()[i][0]; got != c.Name {
			t.Errorf("column %d is %s, want %s", i, got, c.Name)
		}
	}
	if len(f.RowGroups()) != 2 || f.NumRows() != int64(n) {
		t.Errorf("%d groups of %d rows", len(f.RowGroups()), f.NumRows())
	}
	read := f.RowGroups()[0].Rows()
	defer read.Close()
	got := make([]parquet.Row, 3)
	if k, err := read.ReadRows(got); k != 3 || err != nil && err != io.EOF {
		t.Fatal(k, err)
	}
	first, last := got[0], got[2]
	if first[0].String() != "a" || first[1].Double() != 0.1 || first[2].Int64() != -3 ||
		uint64(first[3].Int64()) != math.MaxUint64 || !first[4].Boolean() || first[5].Int64() != 1767323045000 ||
		first[6].String() != "=1" {
		t.Errorf("first row %v", first)
	}
	for i, v := range got[1] {
		if !v.IsNull() {
			t.Errorf("an empty cell of %s is %v", columns[i].Name, v)
		}
	}
	if last[0].String() != "ü,\n" || last[1].Double() != math.SmallestNonzeroFloat64 ||
		last[2].Int64() != math.MaxInt64 || last[6].String() != "plain" {
		t.Errorf("last row %v", last)
	}
}

func TestWriterRefuses(t *testing.T) {
	for kind, cell := range map[Kind]string{Number: "x", Whole: "1.5", Unsigned: "-1", Truth: "maybe", Time: "today"} {
		w := NewWriter(io.Discard, []Column{{"c", kind, nil}})
		if err := w.WriteRow([]string{cell}); err == nil || !strings.Contains(err.Error(), strconv.Quote(cell)) {
			t.Errorf("%s: %v", cell, err)
		}
	}
}
