package theory

import (
	"math"
	"testing"
)

// Under a linear update and a Gaussian A, E‖ΔW‖² goes as r (r + in + 1), so that the laws meet at
// in + 1. At every rank the squares of the two laws add up to the exact square, whichever two
// ranks the laws were computed from.
func TestTwoLaws(t *testing.T) {
	for _, update := range []bool{false, true} {
		m := MapGeometry{Out: 3, In: 40, Gradient: 2.5, Rows: 3}
		z := setting{gamma: 0.3, sigma: 0.2, kurtosis: 3, lr: 0.1, sign: update}
		at := func(rank int) float64 {
			z := z
			z.rank = float64(rank)
			return math.Sqrt(DeltaW.expected(m, z))
		}
		const power = 0.5 // γ is the same at every rank
		l := NewTwoLaws(power, 4, at(4), 1024, at(1024))
		want := 41.0
		if update {
			want = (40 - 2/math.Pi) * math.Pi / 2
		}
		if math.Abs(l.Crossover/want-1) > 1e-10 {
			t.Errorf("sign %t: laws meet at %g, want %g", update, l.Crossover, want)
		}
		for _, rank := range []int{1, 41, 300} {
			if got := l.Small(rank) * math.Sqrt(1+float64(rank)/l.Crossover); math.Abs(got/at(rank)-1) > 1e-10 {
				t.Errorf("sign %t, rank %d: the laws give %g, theory %g", update, rank, got, at(rank))
			}
		}
		upTo, from := Within(0.1, l.Crossover)
		if off := math.Sqrt(1 + upTo/l.Crossover); math.Abs(off-1.1) > 1e-12 {
			t.Errorf("the small law is missed by a factor of %g at rank %g", off, upTo)
		}
		if off := math.Sqrt(1 + l.Crossover/from); math.Abs(off-1.1) > 1e-12 {
			t.Errorf("the large law is missed by a factor of %g at rank %g", off, from)
		}
	}
}
