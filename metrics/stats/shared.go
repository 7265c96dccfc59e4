package stats

import "math"

// With returns the difference with an error in its interval and its P that all pairs
// have in common, so that their scatter does not show it: that of a validation set on
// which all of them were scored. The two variances are added. Student's t keeps the
// degrees of freedom of the pairs: with those that Welch and Satterthwaite give such a
// sum, three pairs claimed a difference in 8% of samples that had none. FlipP stays
// what it was, and speaks of the pairs alone. An error that is 0, or NaN since it is
// not known, changes nothing.
func (d Difference) With(sharedSE float64) Difference {
	if d.N < 2 || !(sharedSE > 0) {
		return d
	}
	d.SE, d.SharedSE = math.Hypot(d.SE, sharedSE), sharedSE
	half := tQuantile(d.N-1) * d.SE
	d.Low, d.High = d.Mean-half, d.Mean+half
	d.P = studentP(d.Mean, d.SE, d.N)
	return d
}

// SharedPart is the part of the standard error that all pairs have in common: 0 where
// there is none, and at most 1. Squares of parts add up to 1.
func (d Difference) SharedPart() float64 {
	if !(d.SharedSE > 0) {
		return 0
	}
	return d.SharedSE / d.SE
}
