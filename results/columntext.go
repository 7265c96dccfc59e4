package results

import (
	"slices"

	"ranksweep/metrics"
)

// ColumnText explains one column of an exported file to a user.
type ColumnText struct {
	File    string
	Name    string // as in the header; a part in capitals stands for several names
	Unit    string // or norm convention; empty for names and texts
	Meaning string
}

// Columns explains every column of the CSV files that this package writes, file by
// file, in the order of the columns.
func Columns() []ColumnText {
	axis, quantities := axisColumns([]string{"AXIS"}), metrics.Quantities()
	var all []ColumnText
	for _, t := range []table{
		{file: runsTable, columns: allRunColumns([]string{"PATH"})},
		{file: curvesTable, columns: slices.Concat(curveColumns, quantityColumns(quantities))},
		{file: validationTable, columns: validationTableColumns},
		{file: cellsTable, columns: slices.Concat(cellSettings, axis, cellSample)},
		{file: exponentsTable, columns: slices.Concat(exponentColumns, axis)},
		{file: columnsTable, columns: dictionaryColumns},
		{file: "a run's " + curveFile, columns: pointColumns(quantities)},
		{file: "a run's " + modulesFile, columns: pointColumns(quantities)},
		{file: "a run's " + validationFile, columns: validationColumns},
		{file: gridFile, columns: gridColumns},
		{file: "inference.csv", columns: inferenceColumns},
	} {
		for _, c := range t.columns {
			all = append(all, ColumnText{t.file, c.name, c.unit, c.meaning})
		}
	}
	return all
}
