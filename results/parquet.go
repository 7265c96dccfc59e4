package results

import (
	"io"
	"slices"
	"strings"
	"time"

	"ranksweep/csvcell"
	"ranksweep/results/parquetfile"
)

// encodeParquet writes a table whose rows are written as CSV. So its values are those of the CSV file.
func encodeParquet(w io.Writer, columns []Column, rows func(io.Writer) error) error {
	var typed []parquetfile.Column
	for _, c := range columns {
		typed = append(typed, parquetfile.Column{Name: c.Name, Kind: c.kind(), Read: c.reader()})
	}
	out := parquetfile.NewWriter(w, typed)
	if err := rows(parquetRows{out}); err != nil {
		return err
	}
	return out.Close()
}

// parquetRows takes whole rows of CSV at each Write.
type parquetRows struct{ out *parquetfile.Writer }

func (p parquetRows) Write(text []byte) (int, error) {
	for row, err := range csvRows(text) {
		if err == nil {
			err = p.out.WriteRow(row.cells)
		}
		if err != nil {
			return 0, err
		}
	}
	return len(text), nil
}

// counted are the units of whole numbers.
var counted = []string{"index", "steps", "tokens", "runs", "seeds", "ranks"}

// kind is the type of the column's cells: that of the field of a run, if it is one.
func (c Column) kind() parquetfile.Kind {
	for _, f := range slices.Concat(runFields, exportFields) {
		if f.Column == c && c.Name != "place" {
			return kindOf(f.at(&runRow{}))
		}
	}
	switch {
	case slices.Contains(counted, c.Unit) || c == batchColumn:
		return parquetfile.Whole
	case c.Unit == "" || c.Unit == "JSON":
		return parquetfile.Text
	}
	return parquetfile.Number
}

// kindOf is the type of the value that v points to.
func kindOf(v any) parquetfile.Kind {
	switch v.(type) {
	case *int, *int64, known:
		return parquetfile.Whole
	case *uint64:
		return parquetfile.Unsigned
	case *float64, power:
		return parquetfile.Number
	case *bool:
		return parquetfile.Truth
	case *time.Time:
		return parquetfile.Time
	}
	return parquetfile.Text
}

// reader returns what gives the text that a cell of the column stands for; nil if that is the cell.
func (c Column) reader() func(string) (string, error) {
	switch {
	case c.Unit == "JSON":
		return nil
	case strings.HasPrefix(c.Name, configPrefix):
		return func(cell string) (string, error) { return csvcell.Unguard(cell), nil }
	}
	return parseText
}
