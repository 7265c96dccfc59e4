package theory

import (
	"math"

	"ranksweep/lora"
	"ranksweep/nn"
)

// Setting is a scheme at one rank, for which theory computes expectations.
type Setting struct {
	Update nn.Update
	Rank   int
	Gamma  float64 // γ_r
	Init   lora.Init
	LR     float64 // learning rate, at the first update, of the factor that starts at zero

	// Of methods with laws of their own:
	Rates   nn.LearningRates // at the first update
	Damping float64          // of divided updates
}

// setting is a Setting for one map.
type setting struct {
	Setting
	sign                bool
	widest              float64 // the widest input of all maps
	rank, gamma         float64
	sigma, kurtosis, lr float64
}

// known reports whether the exact expression of a prediction holds in the setting.
func (s Setting) known(t Prediction) bool {
	kurtosis, independent := s.Init.Kind.Kurtosis()
	switch {
	case t.expected == nil || !t.own && !independent:
		return false
	case t.own:
		return true
	case t.Onset:
		return true
	case s.Update == nn.SignUpdate:
		return kurtosis == 3
	}
	return s.Update == nn.LinearUpdate
}

// HasExpected reports whether an exact expectation is known in some setting.
func (t Prediction) HasExpected() bool { return t.expected != nil }

// Expected returns the exact expectation of a statistic at a finite rank, over A, or over B if
// B is drawn, on maps of the given geometry. It is the root of the mean square, or the mean if
// [Prediction] says so. For a ratio it is the ratio of the two expectations. It is NaN if no
// exact expression is known.
func (t Prediction) Expected(maps []MapGeometry, at Setting) float64 {
	if !at.known(t) {
		return math.NaN()
	}
	kurtosis, _ := at.Init.Kind.Kurtosis()
	var sum, per, count, widest float64
	for _, m := range maps {
		widest = max(widest, float64(m.In))
	}
	for _, m := range maps {
		z := setting{
			Setting: at, widest: widest,
			sign: at.Update == nn.SignUpdate, rank: float64(at.Rank), gamma: at.Gamma,
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
