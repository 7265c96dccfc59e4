package results

import (
	"slices"
	"strconv"

	"ranksweep/metrics"
)

var curveColumns = []Column{
	{"run", "", "ID of the run"},
	{"step", "steps", "updates made: 0 is before any"},
	{"tokens", "tokens", "tokens trained on so far"},
}

// newCurveTable is curves.csv: a row per run and step, diverged runs included.
func newCurveTable(runs []Run) Table {
	var points []metrics.Point
	for _, r := range runs {
		points = append(points, r.Curve...)
	}
	recorded := metrics.Recorded(points...)
	t := Table{File: curvesTable, Columns: slices.Concat(curveColumns, quantityColumns(recorded))}
	for _, r := range runs {
		for _, p := range r.Curve {
			row := []string{TextCell(r.ID), strconv.Itoa(p.Step), strconv.FormatInt(p.Tokens, 10)}
			t.Rows = append(t.Rows, append(row, valueCells(p, recorded)...))
		}
	}
	return t
}
