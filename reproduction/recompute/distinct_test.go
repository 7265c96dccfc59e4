package recompute

import (
	"math"
	"slices"
)

// row is a power of rank of an arm.
type row struct {
	power
	name      say // of the arm
	arm       *arm
	statistic string
	seen      []observed // what the power is fitted to, as distinct has it
}

// distinct groups rows that are one measurement. Two rows are one if, over the runs that both
// have, the logarithm of one is a constant plus a multiple of the log rank plus a multiple of
// the logarithm of the other. What this leaves may be a twentieth of the variance around a
// power law with one level for each seed. Two best rates are never one measurement.
func distinct(rows []row) (groups [][]row) {
	for _, r := range rows {
		if r.statistic != "best rate" {
			r.seen = r.arm.values(r.statistic)
		}
		i := slices.IndexFunc(groups, func(g []row) bool {
			return slices.ContainsFunc(g, func(o row) bool { return oneMeasurement(r, o) })
		})
		if i < 0 {
			i, groups = len(groups), append(groups, nil)
		}
		groups[i] = append(groups[i], r)
	}
	return groups
}

func oneMeasurement(a, b row) bool {
	ranks, y, z, seeds := common(a.seen, b.seen)
	if len(ranks) <= 3 {
		return false
	}
	rest := meanSquare(left(left(ranks, z), left(ranks, y)))
	if rest <= 1e-12 { // what float32 makes of a logarithm, squared
		return true
	}
	return len(ranks) >= 8 && rest <= 0.05*meanSquare(left(leveled(ranks, seeds), leveled(y, seeds)))
}

// common are the log ranks, both logarithms and the seeds of the runs that both rows have.
func common(a, b []observed) (ranks, y, z []float64, seeds []int) {
	other := make(map[[2]int]float64)
	for _, o := range b {
		other[[2]int{o.rank, o.seed}] = o.value
	}
	for _, o := range a {
		if v := other[[2]int{o.rank, o.seed}]; hasLog(v) && hasLog(o.value) {
			ranks, seeds = append(ranks, math.Log(float64(o.rank))), append(seeds, o.seed)
			y, z = append(y, math.Log(o.value)), append(z, math.Log(v))
		}
	}
	return ranks, y, z, seeds
}

// leveled are values minus the mean of their seed.
func leveled(values []float64, seeds []int) []float64 {
	sum, n := make(map[int]float64), make(map[int]float64)
	for i, v := range values {
		sum[seeds[i]], n[seeds[i]] = sum[seeds[i]]+v, n[seeds[i]]+1
	}
	rest := make([]float64, len(values))
	for i, v := range values {
		rest[i] = v - sum[seeds[i]]/n[seeds[i]]
	}
	return rest
}
