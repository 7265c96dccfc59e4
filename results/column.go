package results

import (
	"slices"

	"ranksweep/metrics"
)

// column is one column of an exported file, and its line in the data dictionary.
type column struct {
	name    string
	unit    string // empty for names and texts
	meaning string // one sentence
}

// table is one exported file. One list gives both its header and its part of the
// dictionary, so that every column is explained.
type table struct {
	file    string
	columns []column
	rows    [][]string // without the header
}

// lines are the table's header and rows.
func (t table) lines() [][]string {
	return append([][]string{columnNames(t.columns)}, t.rows...)
}

func columnNames(columns []column) []string {
	var names []string
	for _, c := range columns {
		names = append(names, c.name)
	}
	return names
}

const (
	runsTable       = "runs.csv"
	curvesTable     = "curves.csv"
	validationTable = "validation.csv"
	cellsTable      = "cells.csv"
	exponentsTable  = "exponents.csv"
	columnsTable    = "columns.csv"
)

// dictionaryOf is columns.csv: a row for each column of the tables, and for each column of
// columns.csv itself.
func dictionaryOf(tables ...table) table {
	d := table{file: columnsTable, columns: dictionaryColumns}
	for _, t := range append(slices.Clip(tables), d) {
		for _, c := range t.columns {
			d.rows = append(d.rows, []string{c.name, t.file, c.unit, c.meaning})
		}
	}
	return d
}

var dictionaryColumns = []column{
	{"column", "", "name of the column"},
	{"file", "", "file that has it, without the .gz of a compressed one"},
	{"unit", "", "unit or norm convention; empty for names and texts"},
	{"meaning", "", "what it holds"},
}

// quantityColumns are the columns of the quantities that are measured at a step.
func quantityColumns(recorded []metrics.Quantity) []column {
	var columns []column
	for _, q := range recorded {
		columns = append(columns, column{q.Name(), q.Unit(), q.Meaning() + "; empty where it was not measured"})
	}
	return columns
}
