package theory

import (
	"math"

	"ranksweep/lora"
	"ranksweep/nn"
)

// Prediction is theory's prediction of a statistic.
type Prediction struct {
	// exponent is the power of rank, for ranks far below the width of the adapted maps; nil
	// if there is no prediction, as NaN is for some updates.
	exponent func(s lora.Scheme, u nn.Update) float64

	// rise is the difference of the power for ranks far above that width; nil if there is none.
	rise func(u nn.Update) float64

	// spectral is the power under spectral updates, while the gradient has many more singular values than
	// the rank, and once it has fewer, see [spectrum]; nil if there is no prediction.
	spectral func(s lora.Scheme) (many, few float64)

	// Onset says that the prediction holds before any update, so that it does not depend on
	// the optimizer.
	Onset bool

	// Mean says that the expectation is of the statistic, and not of its square.
	Mean bool

	// expected is the expected square of the statistic for one map or, with Mean, its
	// expected value, as a sum over the entries that the statistic counts; nil if no exact
	// expression is known.
	expected func(m MapGeometry, z setting) float64
	// own says that the method has first entries of its own, so that expected does not depend on
	// [lora.Init]. It is NaN under updates for which no expression is known.
	own bool
	// per is the expected denominator of a ratio, whose expected numerator is expected; nil if
	// the statistic is not a ratio.
	per func(m MapGeometry, z setting) float64
	// count is the number of entries if the statistic is a root mean square; nil for a
	// Frobenius norm.
	count func(m MapGeometry, rank int) float64
}

// Exponent returns the predicted power of rank for ranks far below the width of the adapted
// maps; false if theory predicts none.
func (t Prediction) Exponent(u nn.Update, s lora.Scheme) (float64, bool) {
	switch {
	case s.Log || !predicted(u) && !t.Onset && t.spectral == nil:
		return math.NaN(), false
	case u == nn.SpectralUpdate && t.spectral != nil:
		many, _ := t.spectral(s)
		return many, !math.IsNaN(many)
	case t.exponent == nil || !predicted(u) && !t.Onset:
		return math.NaN(), false
	}
	power := t.exponent(drawingA(s), u)
	return power, !math.IsNaN(power)
}

// Known is Exponent where theory knows it: under spectral updates it is false if the power depends on the gradient.
func (t Prediction) Known(u nn.Update, s lora.Scheme) (float64, bool) {
	power, ok := t.Exponent(u, s)
	if u == nn.SpectralUpdate && t.spectral != nil && t.Rise(u, s) != 0 {
		return math.NaN(), false
	}
	return power, ok
}

// Rise returns the difference of the power for ranks far above the width of the adapted maps or, under spectral
// updates, above the number of the gradient's singular values; negative if the power is smaller there.
func (t Prediction) Rise(u nn.Update, s lora.Scheme) float64 {
	switch {
	case u == nn.SpectralUpdate && t.spectral != nil:
		many, few := t.spectral(s)
		return few - many
	case t.rise == nil:
		return 0
	}
	return t.rise(u)
}

// predicted reports whether theory predicts one power for first updates of a kind. Under spectral
// ones of B alone it depends on the gradient, see [spectrum].
func predicted(u nn.Update) bool {
	return u != nn.OtherUpdate && u != nn.SpectralUpdate
}

// drawingA returns the scheme or, if B is drawn, the scheme of the transposed map.
func drawingA(s lora.Scheme) lora.Scheme {
	if s.ZeroA {
		s.LRA, s.LRB, s.ZeroA = s.LRB, s.LRA, false
	}
	return s
}

// Ratio reports whether the expectation is a ratio of two expected values. It is near the mean
// of the ratios, but not equal to it.
func (t Prediction) Ratio() bool { return t.per != nil }

// pick returns the power under updates of a kind: linear ones, those whose size does not depend on the size of
// the gradient, divided ones, or spectral ones of BA or γBA. The last may be left out where nothing is derived.
func pick(u nn.Update, linear, signLike, divided float64, spectral ...float64) float64 {
	switch u {
	case nn.LinearUpdate:
		return linear
	case nn.DividedUpdate:
		return divided
	}
	if ofProduct(u) {
		for _, power := range spectral {
			return power
		}
		return math.NaN()
	}
	return signLike
}

// ofProduct reports whether an update sets the singular values of the change of BA or γBA.
func ofProduct(u nn.Update) bool { return u == nn.SpectralBAUpdate || u == nn.SpectralProductUpdate }

// multiplied returns the power p of the multiplier in a change of γBA by a spectral update. One of γBA divides by
// γ, so that the power is 0.
func multiplied(s lora.Scheme, u nn.Update) float64 {
	if u == nn.SpectralProductUpdate {
		return 0
	}
	return s.P
}
