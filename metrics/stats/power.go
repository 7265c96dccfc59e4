package stats

import "math"

// Detectable returns the smallest true difference that a single paired t test at the 5% level
// detects with probability 0.8, if pairs scatter as these do: (t₀.₉₇₅ + t₀.₈)·SE with the pairs'
// degrees of freedom. Compared with the noncentral t it is 5% too small for three pairs, and
// right to 1% from five on. It is NaN if N is below 2.
func (d Difference) Detectable() float64 {
	if d.N < 2 {
		return math.NaN()
	}
	return (tQuantile(d.N-1) + student(d.N-1).Quantile(0.8)) * d.SE
}
