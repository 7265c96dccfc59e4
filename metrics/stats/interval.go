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
	Mean      float64 // NaN where N is 0
	Low, High float64 // NaN where N is below 2: one value has no interval
	N         int     // how many values, the absent left out
}

// MeanInterval returns the mean of xs and Student's t interval for it,
//
//	x̄ ± t(0.975, n−1)·s/√n,
//
// which assumes a sample that is close to normal; docs/statistics.md has how often
// it holds the mean of one that is not. Absent values (NaN) are left out.
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
	mean, half := stat.Mean(present, nil), tQuantile(n-1)*standardError(present)
	return Interval{Mean: mean, Low: mean - half, High: mean + half, N: n}
}

// withoutAbsent returns xs but for the absent values (NaN).
func withoutAbsent(xs []float64) []float64 {
	return slices.DeleteFunc(slices.Clone(xs), math.IsNaN)
}

// SE is the standard error of the mean; NaN where N is below 2.
func (i Interval) SE() float64 {
	if i.N < 2 {
		return math.NaN()
	}
	return (i.High - i.Low) / 2 / tQuantile(i.N-1)
}

// standardError is that of the mean of xs; NaN where there are fewer than two.
func standardError(xs []float64) float64 {
	if len(xs) < 2 {
		return math.NaN()
	}
	if slices.Min(xs) == slices.Max(xs) {
		return 0 // to the bit, whatever rounding makes of their mean
	}
	return stat.StdErr(stat.StdDev(xs, nil), float64(len(xs)))
}

// studentP is the two-sided P of the hypothesis that what n values were seen to
// be off by, with its standard error, is 0; NaN where n is below 2. Without a
// standard error, any distance is certain.
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

// tQuantiles are those that were asked for: inverting the distribution takes
// longer than all the rest of an interval.
var tQuantiles sync.Map

// tQuantile is the 0.975 quantile of Student's t with df degrees of freedom.
func tQuantile(df int) float64 {
	if q, ok := tQuantiles.Load(df); ok {
		return q.(float64)
	}
	q := student(df).Quantile(0.975)
	tQuantiles.Store(df, q)
	return q
}

// student is Student's t with df degrees of freedom.
func student(df int) distuv.StudentsT {
	return distuv.StudentsT{Mu: 0, Sigma: 1, Nu: float64(df)}
}

// P is the two-sided P, by Student's t, of the hypothesis that the true mean is a
// value. It is above 0.05 where the interval holds it; NaN where N is below 2.
func (i Interval) P(value float64) float64 { return studentP(i.Mean-value, i.SE(), i.N) }
