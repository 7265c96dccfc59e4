package paper

import (
	"math"
	"testing"

	"ranksweep/metrics"
	"ranksweep/results"
)

// regimeRuns have laws that meet at rank 50. What was measured is what is expected, times off.
func regimeRuns(off float64) (runs []results.Run) {
	for _, rank := range []int{4, 32, 256} {
		for seed := range 5 {
			r := fake{steps: 2}.run("rslora", 1e-6, rank, uint64(seed))
			expected := 0.2 * math.Sqrt(1+float64(rank)/50)
			r.Expected = map[string]float64{"delta_w_first": expected}
			r.Curve[1].Values[metrics.DeltaW] = off * expected * (1 + 0.01*float64(seed-2))
			runs = append(runs, r)
		}
	}
	return runs
}

func TestRegimeFigure(t *testing.T) {
	f := figureOf(t, "regime", view(regimeRuns(1.2)))
	for _, fault := range checkLayout(f) {
		t.Error(fault)
	}
	for k, q := range f.Panels[2].Series[1].Points {
		exact := f.Panels[2].Series[0].Points[k]
		if want := math.Sqrt(1 + exact.X/50); math.Abs(exact.Y-want) > 1e-9 || math.Abs(q.Y/exact.Y-1.2) > 1e-3 {
			t.Errorf("rank %g: %g and %g, want %g and 1.2 times that", exact.X, exact.Y, q.Y, want)
		}
	}
}
