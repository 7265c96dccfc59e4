package results

import (
	"slices"

	"ranksweep/metrics"
)

// column is one column of an exported file, and its line in the data dictionary.
type Column struct {
	Name    string // as in the header; a part in capitals stands for several names
	Unit    string // or norm convention; empty for names and texts
	Meaning string // one sentence
}

// table is one exported file. One list gives both its header and its part of the
// dictionary, so that every column is explained.
type Table struct {
	File    string
	Columns []Column
	Rows    [][]string // without the header
}

// lines are the table's header and rows.
func (t Table) lines() [][]string {
	return append([][]string{columnNames(t.Columns)}, t.Rows...)
}

func columnNames(columns []Column) []string {
	var names []string
	for _, c := range columns {
		names = append(names, c.Name)
	}
	return names
}

const (
	RunsTable       = "runs.csv"
	curvesTable     = "curves.csv"
	validationTable = "validation.csv"
	columnsTable    = "columns.csv"
)

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

var dictionaryColumns = []Column{
	{"column", "", "name of the column"},
	{"file", "", "file that has it, without the .gz of a compressed one"},
	{"unit", "", "unit or norm convention; empty for names and texts"},
	{"meaning", "", "what it holds"},
}

// quantityColumns are the columns of the quantities that are measured at a step.
func quantityColumns(recorded []metrics.Quantity) []Column {
	var columns []Column
	for _, q := range recorded {
		columns = append(columns, Column{q.Name(), q.Unit(), q.Meaning() + "; empty where it was not measured"})
	}
	return columns
}
