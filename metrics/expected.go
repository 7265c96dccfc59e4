package metrics

import (
	"math"

	"ranksweep/lora"
)

// Setting is a scheme at one rank, for what theory expects of it.
type Setting struct {
	Update Update
	Rank   int
	Gamma  float64 // γ_r
	Init   lora.Init
	LR     float64 // learning rate, at the first update, of the factor that starts at zero
}

// setting is a Setting for one map.
type setting struct {
	sign                bool
	rank, gamma         float64
	sigma, kurtosis, lr float64
}

// known reports whether the exact expressions hold for it.
func (s Setting) known(t Theory) bool {
	kurtosis, independent := s.Init.Kind.Kurtosis()
	switch {
	case t.expected == nil || !independent:
		return false
	case t.Onset:
		return true
	case s.Update == SignUpdate:
		return kurtosis == 3
	}
	return s.Update == LinearUpdate
}

// HasExpected reports whether an exact expectation of s is known in some setting.
func (s Statistic) HasExpected() bool {
	return s.TheoryOf(false).expected != nil || s.TheoryOf(true).expected != nil
}

// Expected returns the exact expectation over A, or over B where that is drawn,
// of a statistic at a finite rank, on the maps whose geometry is given: the root of
// its mean square, or the mean where [Theory] says so; of a ratio that of the two
// expectations. It is NaN where no exact expression is known.
func (s Statistic) Expected(maps []MapGeometry, at Setting) float64 {
	t := s.TheoryOf(at.Init.ZeroA)
	if !at.known(t) {
		return math.NaN()
	}
	kurtosis, _ := at.Init.Kind.Kurtosis()
	var sum, per, count float64
	for _, m := range maps {
		z := setting{
			sign: at.Update == SignUpdate, rank: float64(at.Rank), gamma: at.Gamma,
			sigma: at.Init.Deviation(at.Rank, m.In), kurtosis: kurtosis, lr: at.LR,
		}
		sum += t.expected(m, z)
		if t.per != nil {
			per += t.per(m, z)
		}
		if t.count != nil {
			count += t.count(m, at.Rank)
		}
	}
	switch {
	case t.per != nil:
		return sum / per
	case t.Mean:
		return sum
	case t.count != nil:
		sum /= count
	}
	return math.Sqrt(sum)
}
