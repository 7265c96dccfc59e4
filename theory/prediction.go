package theory

import (
	"math"

	"ranksweep/lora"
	"ranksweep/nn"
)

// Prediction is what is predicted of a statistic.
type Prediction struct {
	// exponent is the power of rank, for ranks far below the width of the
	// adapted maps; nil where nothing is predicted. sign tells updates that
	// do not depend on the gradient's size from linear ones.
	exponent func(s lora.Scheme, sign bool) float64

	// Rise is how much larger it is for ranks far above that width; below zero
	// where it is smaller.
	Rise float64

	// Onset tells that it holds before any update, so that it asks nothing
	// of the optimizer.
	Onset bool

	// Mean tells that what is expected is the mean of the statistic, and not
	// of its square.
	Mean bool

	// expected is the expected square of the statistic for one map or, with
	// Mean, its expected value, as a sum over the entries that the statistic
	// counts; nil where no exact expression is known.
	expected func(m MapGeometry, z setting) float64
	// per is, of a ratio, the expected value of what stands below the line, as
	// expected is of what stands above it; nil otherwise.
	per func(m MapGeometry, z setting) float64
	// count is how many entries the statistic is the root mean square of; nil
	// for a Frobenius norm.
	count func(m MapGeometry, rank int) float64
}

// Exponent returns the predicted power of rank for ranks far below the width
// of the adapted maps; false where theory gives none.
func (t Prediction) Exponent(u nn.Update, s lora.Scheme) (float64, bool) {
	if t.exponent == nil || s.Log || !predicted(u) && !t.Onset {
		return math.NaN(), false
	}
	return t.exponent(drawingA(s), u != nn.LinearUpdate), true
}

// predicted reports whether theory says anything about first updates of a kind.
//
// It says nothing about spectral ones, such as Muon's. Muon's update of B is c UVᵀ
// of the singular vectors of GAᵀ, with c = √(out/r) up to r = out. Its loss drop is
// ηγc times the sum of the singular values of GAᵀ. While the gradient has many more
// singular values than r, these are r of one size, which gives a power of ½ − p; once
// it has fewer, each grows by √r and the power falls to −p. So the power depends on
// the gradient's spectrum. The adapter's output goes by ‖VᵀAx‖ c, a power of −p, while
// the gradient has more than r singular values.
func predicted(u nn.Update) bool {
	return u == nn.LinearUpdate || u == nn.SignUpdate || u == nn.EvenUpdate
}

// drawingA is the scheme, or that of the transposed map where B is drawn.
func drawingA(s lora.Scheme) lora.Scheme {
	if s.ZeroA {
		s.LRA, s.LRB, s.ZeroA = s.LRB, s.LRA, false
	}
	return s
}

// Ratio reports whether what is expected is a ratio of two expected values, which
// is near the mean of the ratios but not equal to it.
func (t Prediction) Ratio() bool { return t.per != nil }

// pick returns the power under linear or under sign-like updates.
func pick(sign bool, linear, signLike float64) float64 {
	if sign {
		return signLike
	}
	return linear
}
