package parquetfile

import (
	"fmt"
	"io"

	"github.com/parquet-go/parquet-go"
)

// groupRows is how many rows a row group has. Only one group is in memory.
const groupRows = 1 << 16

// Writer writes a file. Its pages are compressed by zstd.
type Writer struct {
	columns []Column
	out     *parquet.GenericWriter[any]
	row     [1]parquet.Row
}

// NewWriter begins a file with the given columns, in their order.
func NewWriter(w io.Writer, columns []Column) *Writer {
	schema := parquet.NewSchema("table", schemaOf(columns))
	return &Writer{columns: columns, out: parquet.NewGenericWriter[any](w, schema,
		parquet.Compression(&parquet.Zstd), parquet.MaxRowsPerRowGroup(groupRows))}
}

// WriteRow writes a row with a cell for each column. An empty one is null.
func (w *Writer) WriteRow(cells []string) error {
	row := w.row[0][:0]
	for i, c := range w.columns {
		v, defined := parquet.NullValue(), 0
		if cells[i] != "" {
			var err error
			if v, err = c.value(cells[i]); err != nil {
				return fmt.Errorf("parquetfile: column %s: %.40q: %w", c.Name, cells[i], err)
			}
			defined = 1
		}
		row = append(row, v.Level(0, defined, i))
	}
	w.row[0] = row
	_, err := w.out.WriteRows(w.row[:])
	return err
}

// Close ends the file, and leaves the underlying writer open.
func (w *Writer) Close() error { return w.out.Close() }

// ordered is a group whose fields have an order of their own: the library's are sorted by name.
type ordered struct {
	parquet.Group
	columns []Column
}

func schemaOf(columns []Column) ordered {
	o := ordered{parquet.Group{}, columns}
	for _, c := range columns {
		o.Group[c.Name] = c.node()
	}
	return o
}

// Fields returns the fields in order of columns.
func (o ordered) Fields() []parquet.Field {
	byName := make(map[string]parquet.Field)
	for _, f := range o.Group.Fields() {
		byName[f.Name()] = f
	}
	var fields []parquet.Field
	for _, c := range o.columns {
		fields = append(fields, byName[c.Name])
	}
	return fields
}
