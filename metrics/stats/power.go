package stats

import "math"

// Detectable is the least true difference that the paired t test would call one, at
// the 5% level and alone, with a probability of 0.8, if pairs scatter as these do:
// (t₀.₉₇₅ + t₀.₈)·SE with the pairs' degrees of freedom. It is 5% too small for three
// pairs, by the noncentral t, and right to 1% from five on. NaN where N is below 2.
func (d Difference) Detectable() float64 {
	if d.N < 2 {
		return math.NaN()
	}
	return (tQuantile(d.N-1) + student(d.N-1).Quantile(0.8)) * d.SE
}
