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
// runs are the runs of all phases that the grid asks for, before [Split]; a run that
// the grid asks for and runs lack is exported with the status missing. Cells and exponents
// come from the reported runs only.
func Export(runs []results.Run, g grid.Grid, dir string) error {
	runs = slices.SortedFunc(slices.Values(runs), results.CompareRuns)
	in, _, _ := Split(g, runs)
	tables, err := results.RunTables(runs, g, LocalMarks(in))
	if err != nil {
		return err
	}
	return results.WriteTables(dir, append(tables, cellTable(Cells(in)), exponentTable(Arms(in)))...)
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
