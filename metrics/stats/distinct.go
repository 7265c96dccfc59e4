package stats

import (
	"math"
	"slices"

	"gonum.org/v1/gonum/floats"
	"gonum.org/v1/gonum/stat"
)

const (
	// ownVariance is the share of a row's scatter that must be its own for the row to be
	// another measurement. The first steps of one set of runs under five multipliers differ
	// by at most 4%, since A and B have moved by different amounts when they are measured.
	// Other statistics of these runs differ by 25% or more.
	ownVariance = 0.05
	// enoughRuns is the number of common runs that this needs: of 8 independent runs, one
	// pair of rows in 5,000 differs so little by chance. Three runs always fit.
	enoughRuns = 8
	// rounding is the scatter of a logarithm that float32 makes by itself. Rows that differ
	// by no more are one measurement if they have more than three runs in common.
	rounding   = 1e-6
	fittedRuns = 3
)

// Distinct groups rows of observations, one for each statistic and arm, by measurement, and
// returns the indexes of each group, in order. A count of rows that agree with theory must count
// groups, since rows of one group test theory only once.
//
// Two rows are the same measurement if over the runs that both have, by rank and seed,
//
//	log vₐ = c + b log r + k log v_b
//
// holds up to a twentieth of the variance that log vₐ has about a power law of its own with a
// level for each seed. This variance makes a fitted power uncertain. So three changes give no
// new measurement: a constant factor, such as γ or a learning rate; a power of rank, such as
// between a norm and a root mean square; and a power, such as between a norm and its square.
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

// isSame reports whether two rows are the same measurement.
func isSame(a, b []Observation) bool {
	p := inCommon(a, b)
	if len(p.ranks) <= fittedRuns {
		return false
	}
	x, y := residuals(p.ranks, p.b), residuals(p.ranks, p.a)
	left := meanSquare(residuals(x, y))
	within := meanSquare(residuals(centred(p.ranks, p.seeds), centred(p.a, p.seeds)))
	return left <= rounding*rounding || len(p.ranks) >= enoughRuns && left <= ownVariance*within
}

// paired are the logarithms of two rows over the runs that both have.
type paired struct {
	ranks, a, b []float64
	seeds       []uint64
}

// inCommon pairs the values of two rows at the same rank and seed.
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

// residuals returns the residuals of a straight line through y against x, or of the mean if x
// does not vary.
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

// centred returns values less the mean over their seed.
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

func meanSquare(xs []float64) float64 { return floats.Dot(xs, xs) / float64(len(xs)) }
