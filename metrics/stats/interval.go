package stats

import (
	"math"
	"slices"
	"sync"

	"gonum.org/v1/gonum/stat"
	"gonum.org/v1/gonum/stat/distuv"
)

// Interval is the mean of a sample and its 95% confidence interval.
type Interval struct {
	Mean      float64 // NaN if N is 0
	Low, High float64 // NaN if N is below 2: a single value has no interval
	N         int     // number of values that are not absent
}

// MeanInterval returns the mean of xs and Student's t interval for it,
//
//	x̄ ± t(0.975, n−1)·s/√n,
//
// which assumes a sample that is close to normal. docs/statistics.md says how often it contains
// the mean of other samples. Absent values (NaN) are left out.
func MeanInterval(xs []float64) Interval {
	present := withoutAbsent(xs)
	nan := math.NaN()
	n := len(present)
	switch n {
	case 0:
		return Interval{Mean: nan, Low: nan, High: nan}
	case 1:
		return Interval{Mean: present[0], Low: nan, High: nan, N: 1}
	}
	return around(stat.Mean(present, nil), standardError(present), n)
}

// around returns Student's t interval of a mean of n values, from its standard error.
func around(mean, se float64, n int) Interval {
	half := tQuantile(n-1) * se
	return Interval{Mean: mean, Low: mean - half, High: mean + half, N: n}
}

// withoutAbsent returns xs without the absent values (NaN).
func withoutAbsent(xs []float64) []float64 {
	return slices.DeleteFunc(slices.Clone(xs), math.IsNaN)
}

// SE returns the standard error of the mean; NaN if N is below 2.
func (i Interval) SE() float64 {
	if i.N < 2 {
		return math.NaN()
	}
	return (i.High - i.Low) / 2 / tQuantile(i.N-1)
}

// standardError returns the standard error of the mean of xs; NaN for fewer than two values.
func standardError(xs []float64) float64 {
	if len(xs) < 2 {
		return math.NaN()
	}
	if slices.Min(xs) == slices.Max(xs) {
		return 0 // exactly, whatever the rounding of their mean
	}
	return stat.StdErr(stat.StdDev(xs, nil), float64(len(xs)))
}

// studentP returns the two-sided P of the hypothesis that the true distance is 0, if n values
// have the mean distance off with the standard error se; NaN if n is below 2. If se is 0, any
// distance is certain.
func studentP(off, se float64, n int) float64 {
	switch {
	case n < 2 || math.IsNaN(off):
		return math.NaN()
	case off == 0:
		return 1
	case se == 0:
		return 0
	}
	return 2 * student(n-1).CDF(-math.Abs(off)/se)
}

// tQuantiles keeps computed quantiles, since inverting the distribution takes longer than all
// the rest of an interval.
var tQuantiles sync.Map

// tQuantile returns the 0.975 quantile of Student's t with df degrees of freedom.
func tQuantile(df int) float64 {
	if q, ok := tQuantiles.Load(df); ok {
		return q.(float64)
	}
	q := student(df).Quantile(0.975)
	tQuantiles.Store(df, q)
	return q
}

// student returns Student's t distribution with df degrees of freedom.
func student(df int) distuv.StudentsT {
	return distuv.StudentsT{Mu: 0, Sigma: 1, Nu: float64(df)}
}

// P returns the two-sided P, by Student's t, of the hypothesis that the true mean is the given
// value. It is above 0.05 if the interval contains the value, and NaN if N is below 2.
func (i Interval) P(value float64) float64 { return studentP(i.Mean-value, i.SE(), i.N) }
