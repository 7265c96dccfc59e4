package analysis

import (
	"math"
	"testing"

	"ranksweep/metrics"
	"ranksweep/results"
)

// TestRegime finds laws that meet at rank 30 + seed. The measured value is 5% above the
// expected one.
func TestRegime(t *testing.T) {
	deltaW := metrics.DeltaWFirst
	var runs []results.Run
	for _, rank := range []int{4, 16, 64} {
		for seed := range uint64(3) {
			r := testRun("rslora", 0.5, rank, seed)
			expected := 0.1 * math.Sqrt(1+float64(rank)/(30+float64(seed)))
			r.Expected = map[string]float64{"delta_w_first": expected, "step_first": expected}
			r.Curve[1].Values[metrics.DeltaW] = 1.05 * expected
			runs = append(runs, r)
		}
	}
	a := Arms(Rows(runs))[0]
	g, ok := a.Regime(deltaW)
	if !ok || math.Abs(g.Crossover.Mean-31) > 1e-9 || g.Crossover.N != 3 || len(g.Ranks) != 3 {
		t.Fatalf("%+v, %t", g, ok)
	}
	for k, rank := range g.Ranks {
		want := 0.0
		for seed := range 3 {
			want += (1 + float64(rank)/float64(30+seed)) / 3
		}
		if math.Abs(g.Expected[k].Mean-want) > 1e-9 || math.Abs(g.Measured[k].Mean-1.05*1.05*want) > 1e-9 ||
			g.Measured[k].N != 3 {
			t.Errorf("rank %d: %+v and %+v, want %g", rank, g.Expected[k], g.Measured[k], want)
		}
	}
	for name, s := range map[string]metrics.Statistic{
		"one law": metrics.GradNormOnset, "a law that falls": metrics.StepFirst,
		"no theory": {Name: "x", Of: deltaW.Of},
	} {
		if g, ok := a.Regime(s); ok {
			t.Errorf("%s: %+v", name, g)
		}
	}
	if g, ok := Arms(Rows(runs[:3]))[0].Regime(deltaW); ok {
		t.Errorf("one rank: %+v", g)
	}
	for i := range runs {
		runs[i].Expected = nil
	}
	if g, ok := Arms(Rows(runs))[0].Regime(deltaW); ok {
		t.Errorf("nothing expected: %+v", g)
	}
}

// The variance is that of the square divided by the run's expectation, and not of the measured
// square itself, which varies with the data too.
func TestVarianceExponent(t *testing.T) {
	var runs []results.Run
	for _, rank := range []int{4, 16, 64} {
		for seed := range uint64(5) {
			r := testRun("rslora", 0.5, rank, seed)
			level := 3 + float64(seed%2)
			r.Expected = map[string]float64{"grad_norm_onset": level}
			r.Curve[0].Values[metrics.GradNorm] = level * math.Sqrt(1+(float64(seed)-2)/10/math.Sqrt(float64(rank)))
			runs = append(runs, r)
		}
	}
	e, err := Arms(Rows(runs))[0].VarianceExponent(metrics.GradNormOnset)
	if err != nil || math.Abs(e.Value+1) > 1e-9 || e.Predicted != -1 || e.Seeds != 5 {
		t.Errorf("%+v, %v", e, err)
	}
}
