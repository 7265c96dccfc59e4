package stats

import (
	"math"
	"math/rand/v2"
	"testing"
)

func TestVerdict(t *testing.T) {
	nan := math.NaN()
	for _, c := range []struct {
		want                        Agreement
		value, low, high, predicted float64
		rise, exact                 float64
	}{
		{Agrees, -0.49, -0.51, -0.47, -0.5, 0, nan},
		{Consistent, -0.49, -0.51, -0.46, -0.5, 0, nan}, // 0.04 off is not excluded
		{Differs, -0.4, -0.45, -0.35, -0.5, 0, nan},
		{Differs, 0.019, 0.010, 0.028, 0, 0, nan},    // within the tolerance, and yet not 0
		{Agrees, -0.2, -0.25, -0.15, -0.5, 0.5, nan}, // within the range of its regimes
		{Agrees, -0.2, -0.25, -0.15, 0, -0.5, nan},   // from above
		{Agrees, -0.51, -0.53, -0.49, -0.5, 0.5, nan},
		{Consistent, -0.5, -0.6, -0.4, -0.5, 0.5, nan},
		{Differs, 0.1, 0.05, 0.15, 0, -0.5, nan},
		{Differs, -0.2, -0.25, -0.15, -0.5, 0.5, -0.4},
		{Agrees, -0.21, -0.23, -0.19, -0.5, 0.5, -0.22},
		{Consistent, -0.4, -1, 0.2, -0.5, 0, nan},
		{Agrees, -2 + 4e-16, -2 + 4e-16, -2 + 5e-16, -2, 0, nan}, // nothing random, but for rounding
		{Differs, -2 + 4e-6, -2 + 3e-6, -2 + 5e-6, -2, 0, nan},
		{NoPrediction, -0.4, -0.45, -0.35, nan, 0, nan},
		{NoInterval, -0.4, nan, nan, -0.5, 0, nan},
		{NoFit, nan, nan, nan, -0.5, 0, nan},
	} {
		e := Exponent{Value: c.value, Low: c.low, High: c.high, Predicted: c.predicted, Rise: c.rise, Exact: c.exact}
		if got := e.Agreement(0.03); got != c.want {
			t.Errorf("%+v: %s, want %s", e, got, c.want)
		}
	}
}

// seedSlopes has an exact power for each seed; the powers have the given mean and spread.
func seedSlopes(seeds int, mean, sd float64, rng *rand.Rand) Exponent {
	var obs []Observation
	for seed := range seeds {
		slope := mean + sd*rng.NormFloat64()
		for _, rank := range []int{4, 64} {
			obs = append(obs, Observation{rank, uint64(seed), math.Pow(float64(rank), slope)})
		}
	}
	e, _ := FitExponent(obs)
	return e
}

// P is at most 0.05 exactly if an exponent differs.
func TestPOfExponentsAgreesWithTheirInterval(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 5))
	differing := 0
	for range 3000 {
		e := seedSlopes(2+rng.IntN(6), 0.2*rng.Float64(), 0.05, rng)
		e.Predicted, e.Rise = 0, -0.1*float64(rng.IntN(2))
		differs := e.Agreement(0.03) == Differs
		if differs != (e.P() <= 0.05) {
			t.Fatalf("%+v: P %g, %s", e, e.P(), e.Agreement(0.03))
		}
		if differs {
			differing++
		}
	}
	if differing < 500 || differing > 2500 {
		t.Errorf("%d of 3000 differ: the draws test one side alone", differing)
	}
}

func TestFewSeedsHaveNoP(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 6))
	one := seedSlopes(1, 0, 0.1, rng)
	one.Predicted = 0
	if p := one.P(); !math.IsNaN(p) {
		t.Errorf("one seed: P %g", p)
	}
	if p := seedSlopes(3, 0, 0.1, rng).P(); !math.IsNaN(p) {
		t.Errorf("no prediction: P %g", p)
	}
	inside := seedSlopes(3, 0, 0.01, rng)
	inside.Predicted, inside.Rise = -1, 2
	if p := inside.P(); p != 1 {
		t.Errorf("inside a range: P %g, want 1", p)
	}
}

// If theory is right, one study in twenty calls it different. If it is off by 0.1, fewer than
// that call it agreeing, however few seeds there are.
func TestSizesOfVerdicts(t *testing.T) {
	const trials = 2000
	rng := rand.New(rand.NewPCG(1, 7))
	for _, n := range []int{3, 9} {
		for _, sd := range []float64{0.01, 0.05, 0.15} {
			differs, agrees := 0, 0
			for range trials {
				e := seedSlopes(n, 0, sd, rng)
				if e.Predicted = 0; e.Agreement(0.03) == Differs {
					differs++
				}
				if e.Predicted = 0.1; e.Agreement(0.03) == Agrees {
					agrees++
				}
			}
			bound := 4 * math.Sqrt(0.05*0.95/trials)
			if share := float64(differs) / trials; math.Abs(share-0.05) > bound {
				t.Errorf("n = %d, sd %g: theory that is right differs in %.1f%%, want 5%%", n, sd, 100*share)
			}
			if share := float64(agrees) / trials; share > 0.05+bound {
				t.Errorf("n = %d, sd %g: theory that is 0.1 off agrees in %.1f%%", n, sd, 100*share)
			}
		}
	}
}

// Where nothing is random, the rounding of float32 is no deviation from theory.
func TestPOfRounding(t *testing.T) {
	for off, want := range map[float64]float64{0: 1, 4e-16: 1, -4e-16: 1, 2e-6: 0} {
		e := Exponent{Value: -2 + off, Predicted: -2, Exact: math.NaN(), Seeds: 12}
		if got := e.P(); got != want {
			t.Errorf("off by %g: P %g, want %g", off, got, want)
		}
	}
}
