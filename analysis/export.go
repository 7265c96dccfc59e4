package analysis

import (
	"slices"
	"sync"

	"ranksweep/grid"
	"ranksweep/results"
)

// Export writes the runs in some forms into dir, and makes dir if need be. A wide form has cells and
// exponents beside the tables of runs; columns.csv explains every column of all forms. Each file is
// replaced as a whole. An absent value is an empty field.
//
// The runs are those of all phases that the grid asks for; a run that
// the grid asks for and runs lack is exported with the status missing. Cells and exponents
// come from in, the reported runs that [Split] found among them.
func Export(runs results.Outlines, in []Row, g grid.Grid, dir string, forms ...results.Form) error {
	beside := sync.OnceValue(func() []results.Table {
		cells := Cells(in)
		return []results.Table{cellTable(cells), exponentTable(armsOf(cells))}
	})
	go beside() // while the tables of runs are written
	var written []results.Table
	for _, f := range forms {
		tables, err := runs.Write(dir, f, g, LocalMarks(in))
		if err != nil {
			return err
		}
		written = append(written, tables...)
		if !f.Wide() {
			continue
		}
		if tables, err = f.WriteTables(dir, beside()...); err != nil {
			return err
		}
		written = append(written, tables...)
	}
	if len(written) == 0 {
		return nil
	}
	return results.WriteColumns(dir, written...)
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
