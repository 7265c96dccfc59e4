package stats

import "math"

// Agreement is what may be said of a fitted exponent beside theory's.
type Agreement uint8

// The kinds of agreement.
const (
	NoFit        Agreement = iota
	NoPrediction           // theory says nothing
	NoInterval             // one seed
	Agrees                 // the interval holds theory's, and nothing farther from it than the tolerance
	Consistent             // it holds theory's, and others: not resolved
	Differs                // it leaves theory's out
)

// String is for tables: nothing is decided by these words.
func (a Agreement) String() string {
	return [...]string{"no fit", "no prediction", "no interval", "agrees", "consistent, not resolved", "differs"}[a]
}

// Agreement compares the exponent with theory's: with the exact one or, without
// that, with the predicted one or a part of its range.
//
// An exponent differs if theory's is outside of its interval, however near:
// where theory is right, that is 5% of all exponents. It agrees only if the
// whole interval lies within the tolerance, so that a true exponent farther off
// than that is not called one that agrees in more than 2.5% of studies.
func (e Exponent) Agreement(tolerance float64) Agreement {
	low, high := e.Theory()
	switch {
	case math.IsNaN(e.Value):
		return NoFit
	case math.IsNaN(low):
		return NoPrediction
	case math.IsNaN(e.Low):
		return NoInterval
	case e.Low > high || e.High < low:
		return Differs
	case e.Low >= low-tolerance && e.High <= high+tolerance:
		return Agrees
	}
	return Consistent
}

// P is the two-sided P, by Student's t over seeds, of the hypothesis that the
// true exponent is theory's: of a range, its nearest end, and 1 inside. It is
// above 0.05 where the interval holds a part of theory's. It is what a family of
// exponents is corrected by, as with [Holm]; NaN without an interval or a
// prediction.
func (e Exponent) P() float64 {
	low, high := e.Theory()
	return studentP(max(low-e.Value, e.Value-high, 0), e.SE, e.Seeds)
}

// Theory returns what theory says of these very runs: the exact power or, without
// that, the range of the predicted one; NaN where it says nothing.
func (e Exponent) Theory() (low, high float64) {
	if !math.IsNaN(e.Exact) && !math.IsInf(e.Exact, 0) {
		return e.Exact, e.Exact
	}
	return e.Range()
}
