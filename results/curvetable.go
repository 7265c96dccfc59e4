package results

import (
	"slices"
	"strconv"

	"ranksweep/metrics"
)

var curveColumns = []column{
	{"run", "", "ID of the run"},
	{"step", "steps", "updates made: 0 is before any"},
	{"tokens", "tokens", "tokens trained on so far"},
}

// newCurveTable is curves.csv: a row per run and step, diverged runs included.
func newCurveTable(runs []Run) table {
	var points []metrics.Point
	for _, r := range runs {
		points = append(points, r.Curve...)
	}
	recorded := metrics.Recorded(points...)
	t := table{file: curvesTable, columns: slices.Concat(curveColumns, quantityColumns(recorded))}
	for _, r := range runs {
		for _, p := range r.Curve {
			row := []string{textCell(r.ID), strconv.Itoa(p.Step), strconv.FormatInt(p.Tokens, 10)}
			t.rows = append(t.rows, append(row, valueCells(p, recorded)...))
		}
	}
	return t
}
