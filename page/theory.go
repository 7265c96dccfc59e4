package page

import (
	"slices"

	"ranksweep/analysis"
	"ranksweep/metrics"
)

// theoryOf has the value of each cell on theory's line: what theory expects there or, if it predicts a power of rank
// alone, that power as [stats.Exponent.Through] draws it. It is nil if theory has no line. The arms have the cells in
// order.
func theoryOf(s metrics.Statistic, arms []analysis.Arm) (all []float) {
	for _, a := range arms {
		first, last := a.Cells[0].Rank, a.Cells[len(a.Cells)-1].Rank
		e, err := a.Exponent(s)
		predicted := e.Through(float64(first), float64(last))
		for _, c := range a.Cells {
			v := float(c.Expected(s))
			if !v.finite() && err == nil {
				v = float(predicted(float64(c.Rank)))
			}
			if first == last {
				v = absent // a point is no line
			}
			all = append(all, v)
		}
	}
	if !slices.ContainsFunc(all, float.finite) {
		return nil
	}
	return all
}
