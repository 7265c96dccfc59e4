package analysis

import (
	"slices"
	"strconv"

	"ranksweep/grid"
	"ranksweep/metrics"
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

// cellTable is cells.csv: a row per cell and statistic.
func cellTable(cells []Cell) results.Table {
	var grids [][]grid.Coordinate
	for _, c := range cells {
		grids = append(grids, c.Axes)
	}
	axes := axisNames(grids)
	t := results.Table{File: cellsTable, Columns: slices.Concat(cellSettings, axisColumns(axes), cellSample)}
	for _, c := range cells {
		of := slices.Concat([]string{results.TextCell(c.Cell), results.TextCell(c.Scheme)}, c.run().SizeCells(),
			[]string{results.TextCell(c.Optimizer), results.FormatFloat(c.LR)})
		of = append(of, axisCells(c.Axes, axes)...)
		of = append(of, strconv.Itoa(c.Diverged()), strconv.Itoa(c.Failed()))
		for _, s := range metrics.Statistics {
			i := c.Statistic(s)
			t.Rows = append(t.Rows, slices.Concat(of, []string{
				s.Name, strconv.Itoa(i.N), results.FormatFloat(i.Mean), results.FormatFloat(i.Low),
				results.FormatFloat(i.High), results.FormatFloat(c.Expected(s)),
			}))
		}
	}
	return t
}

var cellSettings = slices.Concat(
	[]results.Column{
		{Name: "cell", Meaning: "hash of the config with the seed left out"},
		{Name: "scheme", Meaning: "scaling scheme, with @4 after it where it is matched at rank 4"},
	},
	results.SizeColumns(),
	[]results.Column{
		{Name: "optimizer", Meaning: "optimizer"},
		{Name: "lr", Unit: "1", Meaning: "peak learning rate"},
	},
)

var cellSample = []results.Column{
	{Name: "diverged", Unit: "runs", Meaning: "runs of the cell that diverged"},
	{Name: "failed", Unit: "runs", Meaning: "runs of the cell that failed"},
	{Name: "quantity", Meaning: "statistic of a run that the row is about, a column of " + results.RunsTable},
	{Name: "n", Unit: "runs", Meaning: "runs that have it, one a seed"},
	{Name: "mean", Unit: "of the quantity", Meaning: "mean over seeds"},
	{Name: "ci_low", Unit: "of the quantity", Meaning: "lower end of Student's 95% interval of the mean " +
		"over seeds"},
	{Name: "ci_high", Unit: "of the quantity", Meaning: "upper end of it"},
	{Name: "expected", Unit: "of the quantity", Meaning: "what theory expects, the root mean square over " +
		"seeds; empty where that is not known"},
}

// exponentTable is exponents.csv: a row per arm and statistic. Without a fit, n is 0 and
// the exponent is absent. predicted is the power for ranks far below the maps' width;
// predicted_high is the power for ranks far above that width, which may be smaller.
func exponentTable(arms []Arm) results.Table {
	var grids [][]grid.Coordinate
	for _, a := range arms {
		grids = append(grids, a.Axes)
	}
	axes := axisNames(grids)
	t := results.Table{File: exponentsTable, Columns: slices.Concat(exponentColumns, axisColumns(axes))}
	for _, a := range arms {
		for _, s := range metrics.Statistics {
			e, _ := a.Exponent(s)
			t.Rows = append(t.Rows, append([]string{
				results.TextCell(a.Scheme), results.TextCell(a.Optimizer), s.Name,
				results.FormatFloat(e.Value), results.FormatFloat(e.Low), results.FormatFloat(e.High),
				results.FormatFloat(e.Predicted), strconv.Itoa(e.N), strconv.Itoa(e.Seeds), strconv.Itoa(e.Ranks),
				results.FormatFloat(e.Predicted + e.Rise),
			}, axisCells(a.Axes, axes)...))
		}
	}
	return t
}

var exponentColumns = []results.Column{
	{Name: "scheme", Meaning: "scaling scheme, with @4 after it where it is matched at rank 4"},
	{Name: "optimizer", Meaning: "optimizer"},
	{Name: "quantity", Meaning: "statistic of a run that the row is about, a column of " + results.RunsTable},
	{Name: "exponent", Unit: "power of rank", Meaning: "fitted power of rank: the mean over seeds of one " +
		"slope a seed, log on log"},
	{Name: "ci_low", Unit: "power of rank", Meaning: "lower end of Student's 95% interval of it over seeds"},
	{Name: "ci_high", Unit: "power of rank", Meaning: "upper end of it"},
	{Name: "predicted", Unit: "power of rank", Meaning: "what theory predicts for ranks far below the maps' " +
		"width; empty where nothing"},
	{Name: "n", Unit: "runs", Meaning: "runs in the fit; 0 where there is none"},
	{Name: "seeds", Unit: "seeds", Meaning: "seeds in the fit"},
	{Name: "ranks", Unit: "ranks", Meaning: "distinct ranks in the fit"},
	{Name: "predicted_high", Unit: "power of rank", Meaning: "what theory predicts for ranks far above that " +
		"width"},
}

// axisPrefix comes before an axis in the name of its column: some axes share a name with
// another column that has other values.
const axisPrefix = "axis."

// axisNames are the axes of all grids, in order of first appearance.
func axisNames(grids [][]grid.Coordinate) []string {
	var names []string
	for _, grid := range grids {
		for _, a := range grid {
			if !slices.Contains(names, a.Name) {
				names = append(names, a.Name)
			}
		}
	}
	return names
}

func axisColumns(names []string) []results.Column {
	var columns []results.Column
	for _, name := range names {
		columns = append(columns, results.Column{
			Name:    axisPrefix + name,
			Meaning: "coordinate on axis " + name + " of the grid; empty where the grid lacks it",
		})
	}
	return columns
}

// axisCells returns the values of the named axes, empty for a name that axes lacks.
func axisCells(axes []grid.Coordinate, names []string) []string {
	var cells []string
	for _, name := range names {
		cells = append(cells, results.TextCell(grid.ValueOf(axes, name)))
	}
	return cells
}
