package paper

import (
	"math"
	"strings"
	"testing"

	"ranksweep/lora"
	"ranksweep/metrics"
	"ranksweep/results"
)

// rateRuns have the best learning rate at rank^power for each scheme. The power scatters over
// seeds as much as asked.
func rateRuns(power func(p float64) float64, scatter float64) (runs []results.Run) {
	for i, scheme := range []string{"constant", "rslora", "lora"} {
		p := float64(i) / 2
		for _, rank := range []int{4, 16, 64} {
			for seed := range 3 {
				best := 1e-2 * math.Pow(float64(rank)/16, power(p)+scatter*float64(seed-1))
				for _, rate := range []float64{1e-4, 1e-3, 1e-2, 1e-1, 1} {
					r := fake{steps: 2, noVal: true}.run(scheme, rate, rank, uint64(seed))
					r.Scaling = lora.Scheme{P: p}
					d := math.Log(rate / best)
					r.Curve[2].Values[metrics.ValLoss] = 2 + d*d
					runs = append(runs, r)
				}
			}
		}
	}
	return runs
}

func claimed(p float64) float64 { return (p - 1) / 2 }

// The figure has a point for each rank at the best rate, and none if no rate lies between
// others.
func TestRatesFigure(t *testing.T) {
	f, ok := ratesFigure(view(rateRuns(claimed, 0)))
	if !ok {
		t.Fatal("no figure of nine best rates a scheme")
	}
	for i, p := range []float64{1, 0.5, 0} { // as arms are ordered: LoRA first
		marks := f.Panels[0].Series[3*i+2].Points
		for _, q := range marks {
			if want := 1e-2 * math.Pow(q.X/16, claimed(p)); math.Abs(q.Y/want-1) > 1e-6 {
				t.Errorf("p = %g, rank %g: %g, want %g", p, q.X, q.Y, want)
			}
		}
	}
	if !strings.Contains(f.Caption, "n = 3.") || !strings.Contains(f.Caption, "Left out: 0 best rates") {
		t.Error(f.Caption)
	}
	if _, ok := ratesFigure(view(fake{schemes: []string{"lora"}, ranks: []int{4, 16}, seeds: 2, steps: 2}.runs())); ok {
		t.Error("a figure of best rates from one rate")
	}
}
