package analysis

import (
	"math"
	"math/rand/v2"
	"testing"

	"gonum.org/v1/gonum/stat"

	"ranksweep/metrics"
	"ranksweep/results"
)

// validated gives runs losses of batches. The best rate of a rank is the stated one times e to the
// mean over batches of what a batch adds: that of rank 64 is drawn, that of others is 0. So the
// power of rank 4, 16 and 64 is off by the drawn mean times ½/ln 4, the slope of (0, 0, 1) over
// log ranks ln 4 apart, and the curvature by that mean times ½/ln² 4.
func validated(runs []results.Run, batches int, rng *rand.Rand) float64 {
	adds := make([]float64, batches)
	for i := range adds {
		adds[i] = 0.2 * rng.NormFloat64()
	}
	for i, r := range runs {
		nats := 0.0
		d := math.Sqrt(max(0, 10*(r.Curve[2].Values[metrics.ValLoss]-2))) // distance from the best rate, in logarithms
		if r.LR < 8e-3 {
			d = -d
		}
		for _, add := range adds {
			if r.Rank < 64 {
				add = 0
			}
			loss := 2 + 0.1*(d*d-2*d*add)
			runs[i].Validation = append(runs[i].Validation, results.ValidationBatch{Scored: 100, Nats: 100 * loss})
			nats += loss / float64(batches)
		}
		runs[i].Curve[2].Values[metrics.ValLoss] = nats
	}
	return stat.Mean(adds, nil)
}

// Each batch moves the best rate of the largest rank by what is drawn, with a standard deviation of
// 0.2, and 64 batches by the mean of that. The estimates' mean square is that of the power and of
// the curvature within 8%: 300 means of 63 contrasts each have an error of 1%, and best trials that
// change add a little.
func TestRateErrors(t *testing.T) {
	rng := rand.New(rand.NewPCG(5, 1))
	const draws, batches = 100, 64
	var powers, bends float64
	for range draws {
		runs := parabolas([]int{4, 16, 64}, 2, alike(0))
		mean := validated(runs, batches, rng)
		group := groupOf(t, runs)
		if e, err := RateExponent(group); err != nil || math.Abs(e.Value-mean/2/math.Log(4)) > 1e-9 {
			t.Fatalf("power %g, want %g: %v", e.Value, mean/2/math.Log(4), err)
		}
		power, bend := RateErrors(group)
		powers, bends = powers+power*power/draws, bends+bend*bend/draws
	}
	moved := 0.2 / math.Sqrt(batches)
	if ratio := math.Sqrt(powers) / (moved / 2 / math.Log(4)); math.Abs(ratio-1) > 0.08 {
		t.Errorf("the error of the power is %.3f times the right one", ratio)
	}
	if ratio := math.Sqrt(bends) / (moved / 2 / math.Pow(math.Log(4), 2)); math.Abs(ratio-1) > 0.08 {
		t.Errorf("the error of the curvature is %.3f times the right one", ratio)
	}
}

// The regret of rank 64 at the rate of rank 4 is 0.1 times the squared mean of what is drawn: it
// depends on the validation set if rank 64 does.
func TestTransferErrors(t *testing.T) {
	runs := parabolas([]int{4, 16, 64}, 3, alike(0))
	validated(runs, 16, rand.New(rand.NewPCG(6, 1)))
	if e, _ := TransferErrors(groupOf(t, runs), 0); !(e > 0 && e < 1) {
		t.Errorf("error %g percent", e)
	}
}

func TestRateErrorsAreAbsent(t *testing.T) {
	for name, change := range map[string]func(runs []results.Run){
		"none of one":   func(runs []results.Run) { runs[0].Validation = nil },
		"none of all":   func(runs []results.Run) { strip(runs) },
		"one batch":     func(runs []results.Run) { first(runs) },
		"other batches": func(runs []results.Run) { runs[3].Validation[1].Scored++ },
		"no run is done": func(runs []results.Run) {
			for i := range runs {
				runs[i].Status = results.Diverged
			}
		},
	} {
		runs := parabolas([]int{4, 16, 64}, 3, alike(0))
		validated(runs, 8, rand.New(rand.NewPCG(7, 1)))
		change(runs)
		group := groupOf(t, runs)
		power, bend := RateErrors(group)
		if regret, _ := TransferErrors(group, 0); !math.IsNaN(power) || !math.IsNaN(bend) || !math.IsNaN(regret) {
			t.Errorf("%s: errors %g, %g and %g", name, power, bend, regret)
		}
	}
	runs := parabolas([]int{4, 16, 64}, 3, alike(0))
	validated(runs, 8, rand.New(rand.NewPCG(7, 1)))
	runs[0].Status, runs[0].Validation = results.Diverged, nil
	if power, bend := RateErrors(groupOf(t, runs)); !(power > 0 && bend > 0) {
		t.Errorf("beside a diverged run: errors %g and %g", power, bend)
	}
}
