package results

import (
	"slices"

	"ranksweep/metrics"
)

// The tables of an export that a study does not have.
const (
	modulesTable = "modules.csv"
	longTable    = "long.csv"
)

// moduleColumns come before those of the quantities in the modules of all runs.
var moduleColumns = append(slices.Clip(curveColumns), moduleColumn)

// longFields are the fields of a run that a value is told apart by.
var longFields = slices.DeleteFunc(slices.Clone(runFields), func(f runField) bool {
	return !slices.Contains([]string{"run", "phase", "status", "scheme", "rank", "alpha", "gamma", "seed", "optimizer",
		"lr"}, f.Name)
})

// longColumns tell of what a value is, and then the value.
var longColumns = slices.Concat(columnsOf(longFields), stepColumns, []Column{
	moduleColumn,
	{"quantity", "", "what was measured: a column of " + curvesTable + " and " + modulesTable},
	{"value", "of the quantity", "its value; what was not measured, or was no finite number, has no row"},
})

// tables are the tables of a form.
func (o Outlines) tables(f Form) []streamedTable {
	if f == Long {
		return []streamedTable{{Table: Table{File: longTable, Columns: longColumns}, rows: longRows}}
	}
	table := func(file string, columns []Column, text func(rest) []byte) streamedTable {
		return streamedTable{
			Table: Table{File: file, Columns: columns},
			rows:  func(r runRow, left rest) ([]byte, error) { return recordRows(r.ID, text(left), columns[1:]) },
		}
	}
	batches := validationTableColumns(slices.Contains(o.recorded, metrics.BitsPerByte))
	return []streamedTable{
		{
			Table: Table{File: RunsTable, Columns: exportColumns(o.paths)},
			rows: func(r runRow, _ rest) ([]byte, error) {
				return encodeCSV([][]string{r.exportCells(o.paths)}), nil
			},
		},
		table(curvesTable, slices.Concat(curveColumns, quantityColumns(o.recorded)),
			func(left rest) []byte { return left.curve }),
		table(modulesTable, slices.Concat(moduleColumns, quantityColumns(o.modules)),
			func(left rest) []byte { return left.modules }),
		table(validationTable, batches, func(left rest) []byte { return left.validation }),
	}
}

// longRows are the rows of a run in the long table: its curve, then its maps.
func longRows(r runRow, left rest) ([]byte, error) {
	points, err := left.points()
	if err != nil {
		return nil, err
	}
	var rows [][]string
	of := r.fieldCells(longFields)
	for _, p := range points {
		at := slices.Concat(of, stepCells(p), []string{TextCell(p.Module)})
		for q, v := range p.Values {
			if cell := FormatFloat(v); cell != "" {
				rows = append(rows, slices.Concat(at, []string{metrics.Quantity(q).Name(), cell}))
			}
		}
	}
	return encodeCSV(rows), nil
}
