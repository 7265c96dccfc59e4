package results

import (
	"slices"
	"strconv"
)

var curveColumns = []column{
	{"run", "", "ID of the run"},
	{"step", "steps", "updates made: 0 is before any"},
	{"tokens", "tokens", "tokens trained on so far"},
}

// newCurveTable is curves.csv: a row a run and step, diverged runs included.
func newCurveTable(runs []Run) table {
	t := table{file: curvesTable, columns: slices.Concat(curveColumns, quantityColumnsOf())}
	for _, r := range runs {
		for _, p := range r.Curve {
			row := []string{textCell(r.ID), strconv.Itoa(p.Step), strconv.FormatInt(p.Tokens, 10)}
			for _, v := range p.Values {
				row = append(row, formatFloat(v))
			}
			t.rows = append(t.rows, row)
		}
	}
	return t
}
