package results

import "slices"

var dictionaryColumns = []Column{
	{"column", "", "name of the column"},
	{"file", "", "file that has it, without the .gz of a compressed one"},
	{"unit", "", "unit or norm convention; empty for names and texts"},
	{"meaning", "", "what it holds"},
}

// dictionaryOf is columns.csv: a row for each column of the tables, and for each column of
// columns.csv itself.
func dictionaryOf(tables ...Table) Table {
	d := Table{File: columnsTable, Columns: dictionaryColumns}
	for _, t := range append(slices.Clip(tables), d) {
		for _, c := range t.Columns {
			d.Rows = append(d.Rows, []string{c.Name, t.File, c.Unit, c.Meaning})
		}
	}
	return d
}
