package stats

import "math"

// With adds an error that all pairs share to the difference's interval and P, such as the error
// of a validation set on which all runs were scored: the scatter of pairs does not show it.
//
// The two variances are added. Student's t keeps the degrees of freedom of the pairs; with
// those of Welch and Satterthwaite, three pairs claimed a difference in 8% of samples that had
// none. FlipP does not change, and refers to the pairs only. An error of 0 or NaN (unknown)
// changes nothing.
func (d Difference) With(sharedSE float64) Difference {
	if d.N < 2 || !(sharedSE > 0) {
		return d
	}
	d.SE, d.SharedSE = math.Hypot(d.SE, sharedSE), sharedSE
	d.Interval = around(d.Mean, d.SE, d.N)
	d.P = studentP(d.Mean, d.SE, d.N)
	return d
}

// With adds an error that all values share to the interval, as [Difference.With] does.
func (i Interval) With(sharedSE float64) Interval {
	if i.N < 2 || !(sharedSE > 0) {
		return i
	}
	return around(i.Mean, math.Hypot(i.SE(), sharedSE), i.N)
}

// With adds an error that all seeds share to the interval, as [Difference.With] does.
func (e Exponent) With(sharedSE float64) Exponent {
	if e.Seeds < 2 || !(sharedSE > 0) {
		return e
	}
	e.SE = math.Hypot(e.SE, sharedSE)
	i := around(e.Value, e.SE, e.Seeds)
	e.Low, e.High = i.Low, i.High
	return e
}

// SharedPart returns the part of the standard error that all pairs share, from 0 to 1. The
// squares of the parts add up to 1.
func (d Difference) SharedPart() float64 {
	if !(d.SharedSE > 0) {
		return 0
	}
	return d.SharedSE / d.SE
}
