package table

import "slices"

// Detail marks a column as one that few readers need.
func Detail[R any](column Maker[R]) Maker[R] {
	return func(rows []R) (Column, []Entry) {
		c, entries := column(rows)
		c.Detail = true
		return c, entries
	}
}

// Main returns the table without rows of detail, and their number.
func (t Table) Main() (main Table, left int) {
	main = t.withRows(func(r Row) bool { return !r.Detail })
	return main, len(t.Rows) - len(main.Rows)
}

// Whole returns the table with rows of detail last.
func (t Table) Whole() Table {
	last := t.withRows(func(r Row) bool { return r.Detail })
	return t.withRows(func(r Row) bool { return !r.Detail }).with(last)
}

// Brief returns the table without columns of detail, and without its caption.
func (t Table) Brief() Table {
	t.Caption = ""
	return t.withColumns(func(c Column) bool { return !c.Detail })
}

// withRows returns the table with the rows that are kept, and their notes.
func (t Table) withRows(keep func(Row) bool) Table {
	rows, notes := t.Rows, t.Notes
	t.Rows, t.Notes = nil, nil
	for _, r := range rows {
		if keep(r) {
			t.take(r, notes)
		}
	}
	return t
}

// with returns the table with the rows of another one below its own.
func (t Table) with(other Table) Table {
	for _, r := range other.Rows {
		t.take(r, other.Notes)
	}
	return t
}

// take appends a row, whose notes are among those given.
func (t *Table) take(r Row, notes []string) {
	of := r.Notes
	r.Notes = nil
	t.Rows = append(t.Rows, r)
	for _, i := range of {
		t.Doubt(len(t.Rows)-1, notes[i])
	}
}

// withColumns returns the table with the columns that are kept.
func (t Table) withColumns(keep func(Column) bool) Table {
	columns, rows := t.Columns, t.Rows
	t.Columns, t.Rows = nil, slices.Clone(rows)
	for i := range t.Rows {
		t.Rows[i].Entries = nil
	}
	for i, c := range columns {
		if keep(c) {
			t.Columns = append(t.Columns, c)
			for j := range t.Rows {
				t.Rows[j].Entries = append(t.Rows[j].Entries, rows[j].Entries[i])
			}
		}
	}
	return t
}
