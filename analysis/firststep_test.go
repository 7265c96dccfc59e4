package analysis

import (
	"math"
	"testing"

	"ranksweep/metrics"
	"ranksweep/results"
)

// steppedRun has a best first step at the rate r/(r + d), measured and expected, under α/√r and SGD.
func steppedRun(rank int, seed uint64, lr, d float64) results.Run {
	r := ratedRun(rank, seed, lr, 1)
	r.Optimizer = "sgd"
	best := float64(rank) / (float64(rank) + d)
	r.Curve[1].Values[metrics.LossDrop], r.Curve[1].Values[metrics.DeltaW] = best/lr, 1
	r.Expected = map[string]float64{metrics.StepFirst.Name: best / lr}
	return r
}

// The rate of the best first step is that of the run times the best multiple of its step, so that
// ranks may have other rates. Its power is that of the law at exactly these ranks.
func TestFirstRate(t *testing.T) {
	const d = 291.6
	var runs []results.Run
	for _, rank := range []int{4, 16, 64, 256} {
		for seed := range uint64(3) {
			for _, lr := range []float64{0.1, 0.2} {
				runs = append(runs, steppedRun(rank, seed, lr*math.Sqrt(float64(rank)), d))
			}
		}
	}
	g := RateGroups(Arms(Rows(runs)))[0]
	e, err := FirstRateExponent(g)
	const want = 0.85612 // least squares of log(r/(r + 291.6)) at ranks 4, 16, 64, 256, by Python
	if err != nil || math.Abs(e.Value-want) > 1e-5 || e.Seeds != 3 {
		t.Errorf("measured %+v (%v), want %g", e, err, want)
	}
	if a := PerRank(g); len(a.Cells) != 4 || math.Abs(a.Cells[3].LR-1.6) > 1e-9 || a.Cells[0].Rank != 4 {
		t.Errorf("cells per rank: %+v", a.Cells)
	}
}

// The law is found from the values at two ranks, and gives the power at any others.
func TestFirstRateLaw(t *testing.T) {
	var runs []results.Run
	for seed := range uint64(3) {
		for _, rank := range []int{8, 2048} {
			runs = append(runs, steppedRun(rank, seed, 0.1, 290.6+float64(seed)))
		}
	}
	a := Arms(Rows(runs))[0]
	power, d, ok := a.FirstRateLaw([]int{4, 16, 64, 256})
	if !ok || math.Abs(power.Value-0.85612) > 1e-5 || math.Abs(d.Mean-291.6) > 1e-6 || d.N != 3 {
		t.Errorf("power %+v, D %+v, %t", power, d, ok)
	}
	if _, _, ok := a.FirstRateLaw([]int{4}); ok {
		t.Error("one rank has a power")
	}
	if _, _, ok := Arms(Rows(runs[:1]))[0].FirstRateLaw([]int{4, 16}); ok {
		t.Error("there is a law from one rank")
	}
	for i := range runs {
		runs[i].Expected = nil
	}
	if _, _, ok := Arms(Rows(runs))[0].FirstRateLaw([]int{4, 16}); ok {
		t.Error("there is a law without exact values")
	}
}
