package analysis

import (
	"slices"
	"strconv"

	"ranksweep/grid"
	"ranksweep/metrics"
	"ranksweep/results"
)

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
		for _, s := range metrics.Fitted() {
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
	schemeColumn,
	optimizerColumn,
	statisticColumn,
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
