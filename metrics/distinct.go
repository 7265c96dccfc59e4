package metrics

import (
	"math"
	"slices"

	"gonum.org/v1/gonum/floats"
	"gonum.org/v1/gonum/stat"
)

const (
	// sameShare is how much of a row's spread another may leave unexplained for
	// the two to be one measurement: a correlation above 0.99995. Rows that are
	// functions of each other leave rounding; of independent rows with
	// leastCommon runs in common, one pair in 20,000 leaves as little.
	sameShare = 0.01
	// sameRounding is the spread of a logarithm that float32 alone makes.
	sameRounding = 1e-6
	// leastCommon runs must be there to say that rows are one: three are needed
	// to fit one to another, and leave nothing.
	leastCommon = 5
)

// Distinct groups rows of observations, one a statistic and arm, that are one
// measurement, and gives the indexes of each group, in order. A count of rows
// that agree with theory says how often theory was tested only if it counts
// groups.
//
// Two rows are one where over the runs that both have, by rank and seed,
//
//	log vₐ = c + b log r + k log v_b
//
// up to a hundredth of how far log vₐ scatters about a power law of its own with a
// level for each seed, which is what makes a fitted power uncertain. So a constant
// factor, as of γ or of a learning rate, a power of rank, as between norm and
// root mean square, and a power, as between a norm and its square, make no new
// measurement.
func Distinct(rows [][]Observation) [][]int {
	var groups [][]int
	for i, row := range rows {
		g := slices.IndexFunc(groups, func(group []int) bool {
			return slices.ContainsFunc(group, func(j int) bool { return isSame(row, rows[j]) })
		})
		if g < 0 {
			groups = append(groups, []int{i})
		} else {
			groups[g] = append(groups[g], i)
		}
	}
	return groups
}

// isSame reports whether two rows are one measurement.
func isSame(a, b []Observation) bool {
	p := inCommon(a, b)
	if len(p.ranks) < leastCommon {
		return false
	}
	within := rootMeanSquare(residuals(centred(p.ranks, p.seeds), centred(p.a, p.seeds)))
	x, y := residuals(p.ranks, p.b), residuals(p.ranks, p.a)
	left := rootMeanSquare(residuals(x, y))
	return left <= max(sameShare*within, sameRounding)
}

// paired are the logarithms of two rows over the runs that both have.
type paired struct {
	ranks, a, b []float64
	seeds       []uint64
}

// inCommon pairs what both rows have of one rank and seed.
func inCommon(a, b []Observation) (p paired) {
	type run struct {
		rank int
		seed uint64
	}
	other := make(map[run]float64, len(b))
	for _, o := range b {
		other[run{o.Rank, o.Seed}] = o.Value
	}
	hasLog := func(v float64) bool { return v > 0 && !math.IsInf(v, 1) }
	for _, o := range a {
		if v := other[run{o.Rank, o.Seed}]; hasLog(v) && hasLog(o.Value) {
			p.ranks, p.seeds = append(p.ranks, math.Log(float64(o.Rank))), append(p.seeds, o.Seed)
			p.a, p.b = append(p.a, math.Log(o.Value)), append(p.b, math.Log(v))
		}
	}
	return p
}

// residuals are what a straight line through y against x leaves; where x does not
// vary, what the mean leaves.
func residuals(x, y []float64) []float64 {
	intercept, slope := stat.Mean(y, nil), 0.0
	if stat.Variance(x, nil) > 0 {
		intercept, slope = stat.LinearRegression(x, y, nil, false)
	}
	left := make([]float64, len(y))
	for i := range y {
		left[i] = y[i] - intercept - slope*x[i]
	}
	return left
}

// centred are values less the mean over their seed.
func centred(values []float64, seeds []uint64) []float64 {
	sum, n := make(map[uint64]float64), make(map[uint64]float64)
	for i, v := range values {
		sum[seeds[i]] += v
		n[seeds[i]]++
	}
	c := make([]float64, len(values))
	for i, v := range values {
		c[i] = v - sum[seeds[i]]/n[seeds[i]]
	}
	return c
}

func rootMeanSquare(xs []float64) float64 { return floats.Norm(xs, 2) / math.Sqrt(float64(len(xs))) }
