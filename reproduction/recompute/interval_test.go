package recompute

import (
	"cmp"
	"math"
	"slices"

	"gonum.org/v1/gonum/stat"
	"gonum.org/v1/gonum/stat/distuv"
)

var nan = math.NaN()

// interval is a mean with its 95% interval, by Student's t.
type interval struct {
	mean, low, high, se float64
	n                   int
}

func (i interval) half() float64 { return (i.high - i.low) / 2 }

func (i interval) holds(v float64) bool { return i.low <= v && v <= i.high }

// mean is the mean of the values that are present.
func mean(values []float64) interval {
	xs := present(values)
	if len(xs) == 0 {
		return interval{nan, nan, nan, nan, 0}
	}
	return spread(stat.Mean(xs, nil), standardError(xs), len(xs))
}

// spread is the interval of a mean with a standard error.
func spread(m, se float64, n int) interval {
	if n < 2 {
		return interval{m, nan, nan, nan, n}
	}
	half := student(n).Quantile(0.975) * se
	return interval{m, m - half, m + half, se, n}
}

func present(values []float64) []float64 {
	return slices.DeleteFunc(slices.Clone(values), math.IsNaN)
}

// standardError is 0 if all values are equal.
func standardError(xs []float64) float64 {
	if slices.Min(xs) == slices.Max(xs) {
		return 0
	}
	return stat.StdDev(xs, nil) / math.Sqrt(float64(len(xs)))
}

func student(n int) distuv.StudentsT { return distuv.StudentsT{Sigma: 1, Nu: float64(n - 1)} }

// p is the two-sided P of the hypothesis that the true mean is a value.
func (i interval) p(value float64) float64 { return twoSided(i.mean-value, i.se, i.n) }

func twoSided(off, se float64, n int) float64 {
	switch {
	case n < 2 || math.IsNaN(off):
		return nan
	case off == 0:
		return 1
	case se == 0:
		return 0
	}
	return 2 * student(n).Survival(math.Abs(off/se))
}

// above is the one-sided P of the hypothesis that the true mean is not above a value.
func (i interval) above(value float64) float64 {
	p := i.p(value)
	if i.mean > value {
		return p / 2
	}
	return 1 - p/2
}

// holm corrects the P values that are present.
func holm(ps []float64) []float64 {
	var order []int
	for i, p := range ps {
		if !math.IsNaN(p) {
			order = append(order, i)
		}
	}
	slices.SortStableFunc(order, func(i, j int) int { return cmp.Compare(ps[i], ps[j]) })
	corrected, least := slices.Clone(ps), 0.0
	for k, i := range order {
		least = max(least, min(1, ps[i]*float64(len(order)-k)))
		corrected[i] = least
	}
	return corrected
}

// atMost counts the values that are at most a bound.
func atMost(values []float64, bound float64) (n int) {
	for _, v := range values {
		if v <= bound {
			n++
		}
	}
	return n
}

// flips is the share of all ways to give differences a sign in which their sum is at least as
// far from 0; NaN for fewer than six differences.
func flips(ds []float64) float64 {
	if len(ds) < 6 {
		return nan
	}
	size, sum := 0.0, 0.0
	for _, d := range ds {
		size, sum = size+math.Abs(d), sum+d
	}
	far, hits := math.Abs(sum)-1e-12*size, 0
	for signs := range 1 << len(ds) {
		flipped := 0.0
		for i, d := range ds {
			if signs>>i&1 == 1 {
				d = -d
			}
			flipped += d
		}
		if math.Abs(flipped) >= far {
			hits++
		}
	}
	return float64(hits) / float64(int(1)<<len(ds))
}
