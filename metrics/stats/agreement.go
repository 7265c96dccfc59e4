package stats

import "math"

// Agreement says how a fitted exponent agrees with theory's.
type Agreement uint8

// The agreements of an exponent.
const (
	NoFit        Agreement = iota
	NoPrediction           // theory predicts nothing
	NoInterval             // there is one seed only
	Agrees                 // the interval contains theory's exponent, and lies within the tolerance of it
	Consistent             // the interval contains theory's exponent, but is too wide: not resolved
	Differs                // the interval does not contain theory's exponent
)

// String returns the words of tables. No code may decide by them.
func (a Agreement) String() string {
	return [...]string{"no fit", "no prediction", "no interval", "agrees", "consistent, not resolved", "differs"}[a]
}

// Agreement compares the exponent with theory's: with the exact exponent or, if there is none,
// with the predicted one or a part of its range.
//
// An exponent differs if theory's is outside of its interval, however near. If theory is
// right, that happens to 5% of exponents. An exponent agrees only if its whole interval lies
// within the tolerance, so that a true exponent farther off is called agreeing in at most 2.5%
// of studies. A deviation that float32 makes by itself is none: where nothing random is left, an
// interval has no other width.
func (e Exponent) Agreement(tolerance float64) Agreement {
	low, high := e.Theory()
	near := e.rounding()
	switch {
	case math.IsNaN(e.Value):
		return NoFit
	case math.IsNaN(low):
		return NoPrediction
	case math.IsNaN(e.Low):
		return NoInterval
	case e.Low > high+near || e.High < low-near:
		return Differs
	case e.Low >= low-tolerance && e.High <= high+tolerance:
		return Agrees
	}
	return Consistent
}

// P is the two-sided P, by Student's t over seeds, of the hypothesis that the true exponent is
// theory's. If theory gives a range, the hypothesis is its nearest end; inside the range P is
// 1. P is above 0.05 if the interval contains a part of theory's range. [Holm] corrects the P
// of a family of exponents. P is NaN without an interval or a prediction.
func (e Exponent) P() float64 {
	low, high := e.Theory()
	off := max(low-e.Value, e.Value-high, 0)
	if off <= e.rounding() {
		off = 0
	}
	return studentP(off, e.SE, e.Seeds)
}

func (e Exponent) rounding() float64 { return max(rounding, e.Rounding) }

// Theory returns theory's exponent for these runs: the exact power or, if there is none, the
// range of the predicted one; NaN if theory predicts nothing.
func (e Exponent) Theory() (low, high float64) {
	if !math.IsNaN(e.Exact) && !math.IsInf(e.Exact, 0) {
		return e.Exact, e.Exact
	}
	return e.Range()
}
