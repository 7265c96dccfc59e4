package paper

import (
	"strings"
	"testing"

	"ranksweep/reproduction"
	"ranksweep/results"
)

// Where best rates at an edge are left out, the rest is no chance sample: nothing is said of a curvature, in
// the text, the table or the file that programs quote.
func TestEdgesHideCurvature(t *testing.T) {
	power := func(r *results.Run) float64 { return (r.Powers.P - 1) / 2 }
	f := ratePowers(claimOf(t, "best-rate-power").Rule, rateStudy("adamw", func(r *results.Run) float64 {
		if r.Scheme == "rslora" && r.Rank == 64 && r.Seed < 2 {
			return 100 // beyond all rates
		}
		return bestAt(power, 0.01)(r)
	}).view())
	quoted := make(map[string]float64)
	for _, n := range f.Rates {
		if n.P == 0.5 {
			quoted[n.Quantity] = n.Value
		}
	}
	if _, bend := quoted[reproduction.BestRateCurvature]; bend || quoted[reproduction.BestRatesLeftOut] != 2 {
		t.Errorf("%v", quoted)
	}
	const want = "For p = 0.5, 2 best rates lie at an edge of the rates tried and are left out: rank 64 (2 of 8)."
	if table := f.Tables[0].Markdown(); !strings.Contains(f.Text, want) || strings.Count(table, notKnown) != 2 {
		t.Errorf("%s\n%s", f.Text, table)
	}
}

// The median of an even number of values is the mean of the two in the middle.
func TestMedian(t *testing.T) {
	if a, b := medianOf([]float64{5, 1, 2}), medianOf([]float64{9, 1, 2, 4}); a != 2 || b != 3 {
		t.Errorf("%g, %g", a, b)
	}
}
