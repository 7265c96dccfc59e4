package stats

import (
	"math"
	"math/rand/v2"
	"testing"
)

// A true difference equal to the mean of Detectable is found in 80% of samples, up to four
// standard errors of the simulation, and 3% for so few pairs.
func TestDetectable(t *testing.T) {
	const draws = 4000
	for _, n := range []int{3, 5, 9} {
		rng := rand.New(rand.NewPCG(5, uint64(n)))
		sample := func(mean float64) Difference {
			ds := make([]float64, n)
			for i := range ds {
				ds[i] = mean + rng.NormFloat64()
			}
			return PairedDifference(ds)
		}
		unit := sample(0)
		effect := unit.Detectable() / unit.SE / math.Sqrt(float64(n)) // pairs scatter by 1
		found := 0
		for range draws {
			if sample(effect).P <= 0.05 {
				found++
			}
		}
		power, tolerance := float64(found)/draws, 0.03+4*math.Sqrt(0.8*0.2/draws)
		if math.Abs(power-0.8) > tolerance {
			t.Errorf("n = %d: %g deviations are found in %.3f of samples, want 0.8 ± %.3f", n, effect, power, tolerance)
		}
	}
	if one := PairedDifference([]float64{1}); !math.IsNaN(one.Detectable()) {
		t.Error("one pair detects something")
	}
}
