package analysis

import (
	"slices"
	"strconv"

	"ranksweep/grid"
	"ranksweep/metrics"
	"ranksweep/results"
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
		schemeColumn,
	},
	results.SizeColumns(),
	[]results.Column{
		optimizerColumn,
		{Name: "lr", Unit: "1", Meaning: "peak learning rate"},
	},
)

var cellSample = []results.Column{
	{Name: "diverged", Unit: "runs", Meaning: "runs of the cell that diverged"},
	{Name: "failed", Unit: "runs", Meaning: "runs of the cell that failed"},
	statisticColumn,
	{Name: "n", Unit: "runs", Meaning: "runs that have it, one a seed"},
	{Name: "mean", Unit: "of the quantity", Meaning: "mean over seeds"},
	{Name: "ci_low", Unit: "of the quantity", Meaning: "lower end of Student's 95% interval of the mean " +
		"over seeds"},
	{Name: "ci_high", Unit: "of the quantity", Meaning: "upper end of it"},
	{Name: "expected", Unit: "of the quantity", Meaning: "what theory expects, the root mean square over " +
		"seeds; empty where that is not known"},
}
