package results

import (
	"slices"

	"ranksweep/metrics"
)

// ColumnText explains one column of an exported file to a user.
type ColumnText struct {
	File string
	Column
}

// Columns explains every column of the CSV files that this package writes, file by
// file, in the order of the columns. An export has the tables beside, too.
func Columns(beside ...Table) []ColumnText {
	quantities := metrics.Quantities()
	tables := []Table{
		{File: RunsTable, Columns: exportColumns([]string{"PATH"})},
		{File: curvesTable, Columns: slices.Concat(curveColumns, quantityColumns(quantities))},
		{File: modulesTable, Columns: slices.Concat(moduleColumns, quantityColumns(quantities))},
		{File: validationTable, Columns: validationTableColumns(true)},
		{File: longTable, Columns: longColumns},
	}
	tables = append(append(tables, beside...), []Table{
		{File: columnsTable, Columns: dictionaryColumns},
		{File: "a run's " + curveFile, Columns: pointColumns(quantities)},
		{File: "a run's " + modulesFile, Columns: pointColumns(quantities)},
		{File: "a run's " + validationFile, Columns: append(slices.Clip(validationColumns), bytesColumn)},
		{File: gridFile, Columns: gridColumns},
		{File: costFile, Columns: costColumns},
		{File: "inference.csv", Columns: inferenceColumns},
	}...)
	var all []ColumnText
	for _, t := range tables {
		for _, c := range t.Columns {
			all = append(all, ColumnText{t.File, c})
		}
	}
	return all
}
