package stats

import (
	"math"
	"slices"

	"gonum.org/v1/gonum/floats"
	"gonum.org/v1/gonum/stat"
)

const (
	// ownVariance is how much of a row's scatter must be its own for it to be
	// another measurement: the rest it shares, with whatever it says by chance.
	// First steps of one set of runs under five multipliers leave at most 4%, for
	// A and B have moved by another amount when they are measured, and other
	// statistics of these runs 25% or more.
	ownVariance = 0.05
	// enoughRuns must be in common for that: of 8 independent ones, one pair in
	// 5,000 leaves as little by chance. Three are fitted whatever they are.
	enoughRuns = 8
	// rounding is the scatter of a logarithm that float32 alone makes. Rows that
	// leave no more are one wherever more than three runs are in common.
	rounding   = 1e-6
	fittedRuns = 3
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
// up to a twentieth of the variance that log vₐ has about a power law of its own with
// a level for each seed, which is what makes a fitted power uncertain. So a constant
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

func meanSquare(xs []float64) float64 { return floats.Dot(xs, xs) / float64(len(xs)) }
