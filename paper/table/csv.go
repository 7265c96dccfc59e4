package table

import (
	"encoding/csv"
	"io"
	"slices"
	"strings"

	"ranksweep/csvcell"
)

// WriteCSV writes the table's fields at full precision and, last, the notes of each row with
// semicolons between them. An absent value is an empty field, and a text that a spreadsheet would
// take for a formula begins with an apostrophe.
func (t Table) WriteCSV(w io.Writer) error {
	out := csv.NewWriter(w)
	out.Write(append(t.fields(), "notes"))
	for _, r := range t.Rows {
		out.Write(each(append(r.values(), strings.Join(t.notesOf(r), "; ")), csvcell.Guard))
	}
	out.Flush()
	return out.Error()
}

// writeCSV writes the rows of all tables as one: the first field names the table, and a row has the fields of every
// table, of which those of other tables are empty.
func (p Page) writeCSV(w io.Writer) error {
	var fields []string
	for _, t := range p.Tables {
		for _, f := range t.fields() {
			if !slices.Contains(fields, f) {
				fields = append(fields, f)
			}
		}
	}
	out := csv.NewWriter(w)
	out.Write(slices.Concat([]string{"table"}, fields, []string{"notes"}))
	for _, t := range p.Tables {
		of := t.fields()
		for _, r := range t.Rows {
			row, values := make([]string, len(fields)), r.values()
			for i, f := range of {
				row[slices.Index(fields, f)] = values[i]
			}
			row = slices.Concat([]string{t.Name}, row, []string{strings.Join(t.notesOf(r), "; ")})
			out.Write(each(row, csvcell.Guard))
		}
	}
	out.Flush()
	return out.Error()
}

// fields are the fields of all columns.
func (t Table) fields() (fields []string) {
	for _, c := range t.Columns {
		fields = append(fields, c.Fields...)
	}
	return fields
}

// values are a row's values, one for each of the fields.
func (r Row) values() (values []string) {
	for _, e := range r.Entries {
		values = append(values, e.Values...)
	}
	return values
}

// notesOf are the notes of a row.
func (t Table) notesOf(r Row) []string {
	return each(r.Notes, func(i int) string { return t.Notes[i] })
}
