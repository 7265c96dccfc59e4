package analysis

import (
	"slices"

	"ranksweep/grid"
	"ranksweep/results"
)

// Export writes runs.csv, curves.csv, validation.csv, cells.csv, exponents.csv, and
// columns.csv, which explains every column, into dir, and makes dir if need be. Each file
// is replaced as a whole. An absent value is an empty field.
//
// The runs are those of all phases that the grid asks for; a run that
// the grid asks for and runs lack is exported with the status missing. Cells and exponents
// come from in, the reported runs that [Split] found among them.
func Export(runs results.Outlines, in []Row, g grid.Grid, dir string) error {
	tables, err := runs.WriteTables(dir, g, LocalMarks(in))
	if err != nil {
		return err
	}
	cells := Cells(in)
	return results.WriteTables(dir, tables, cellTable(cells), exponentTable(armsOf(cells)))
}

// Tables are the tables, without rows, that an export has beside those of runs.
func Tables() []results.Table {
	axis := axisColumns([]string{"AXIS"})
	return []results.Table{
		{File: cellsTable, Columns: slices.Concat(cellSettings, axis, cellSample)},
		{File: exponentsTable, Columns: slices.Concat(exponentColumns, axis)},
	}
}

const (
	cellsTable     = "cells.csv"
	exponentsTable = "exponents.csv"
)
