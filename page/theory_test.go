package page

import (
	"math"
	"testing"

	"ranksweep/analysis"
	"ranksweep/metrics"
)

// A cell has the value that theory expects, or else that of the predicted power; and none if theory says nothing, or
// of an arm of one rank.
func TestTheoryOfCells(t *testing.T) {
	runs := madeUp()
	for i := range runs {
		if r := &runs[i]; r.Scheme == "lora" {
			r.Expected = map[string]float64{metrics.GradNormOnset.Name: float64(r.Rank)}
		}
	}
	arms := analysis.Arms(sourceOf(runs).Rows)
	got := theoryOf(metrics.GradNormOnset, arms)
	e, err := arms[1].Exponent(metrics.GradNormOnset)
	check(t, err)
	for i, want := range []float64{4, 16, 64, 0, 0, 0} {
		if i > 2 {
			want = e.Through(4, 64)([]float64{4, 16, 64}[i-3])
		}
		if math.Abs(float64(got[i])-want) > 1e-12 {
			t.Errorf("cell %d: %g, want %g", i, got[i], want)
		}
	}
	if got := theoryOf(metrics.ValLossFinal, arms); got != nil {
		t.Errorf("of the loss theory says nothing, and the page %g", got)
	}
	if got := theoryOf(metrics.GradNormOnset, analysis.Arms(sourceOf(runs[:3]).Rows)); got != nil {
		t.Errorf("of one rank the page has a line: %g", got)
	}
}
