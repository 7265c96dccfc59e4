package results

import (
	"math"
	"slices"

	"ranksweep/metrics"
)

// RateGroups groups arms that differ in their learning rate alone, in the order
// of arms; within a group the rates rise.
func RateGroups(arms []Arm) [][]Arm {
	var groups [][]Arm
	for _, a := range arms {
		i := slices.IndexFunc(groups, func(g []Arm) bool { return sameButRate(g[0], a) })
		if i < 0 {
			groups, i = append(groups, nil), len(groups)
		}
		groups[i] = append(groups[i], a)
	}
	for _, g := range groups {
		slices.SortStableFunc(g, func(a, b Arm) int { return compareFloats(a.LR, b.LR) })
	}
	return groups
}

func sameButRate(a, b Arm) bool {
	x, y := a.Cells[0].Run, b.Cells[0].Run
	x.LR, y.LR = 0, 0
	x.Axes, y.Axes = without(x.Axes, "lr"), without(y.Axes, "lr")
	return compareArms(x, y) == 0
}

func compareFloats(a, b float64) int {
	switch {
	case a < b:
		return -1
	case a > b:
		return 1
	}
	return 0
}

// BestRate is the learning rate of the lowest final validation loss at one rank
// and seed.
type BestRate struct {
	Rank int
	Seed uint64
	Rate float64 // NaN where no run has a loss
	Edge bool    // it is the smallest or the largest rate tried, so that a better one may lie beyond
}

// BestRates returns the best learning rate of each rank and seed of a group of
// arms that differ in their rate alone. Between rates it is where the parabola
// through the best one and its neighbours, of loss against the logarithm of the
// rate, has its lowest point. A run that diverged is worse than any other.
func BestRates(group []Arm) []BestRate {
	type sample struct {
		rank int
		seed uint64
	}
	losses := make(map[sample][]float64) // by arm
	var samples []sample
	valLoss, _ := metrics.StatisticNamed("val_loss")
	for i, a := range group {
		for _, c := range a.Cells {
			for _, r := range c.Runs {
				s := sample{r.Rank, r.Seed}
				if losses[s] == nil {
					samples = append(samples, s)
					losses[s] = make([]float64, len(group))
					for j := range losses[s] {
						losses[s][j] = math.NaN()
					}
				}
				if losses[s][i] = r.Statistic(valLoss); r.Status == Diverged {
					losses[s][i] = math.Inf(1)
				}
			}
		}
	}
	var best []BestRate
	for _, s := range samples {
		b := BestRate{Rank: s.rank, Seed: s.seed, Rate: math.NaN()}
		var rates, values []float64
		for i, v := range losses[s] {
			if !math.IsNaN(v) {
				rates, values = append(rates, group[i].LR), append(values, v)
			}
		}
		if i := lowest(values); i >= 0 {
			b.Edge = i == 0 || i == len(values)-1
			b.Rate = rates[i]
			if !b.Edge && !math.IsInf(values[i-1], 1) && !math.IsInf(values[i+1], 1) {
				b.Rate = math.Exp(vertex(
					math.Log(rates[i-1]), math.Log(rates[i]), math.Log(rates[i+1]), values[i-1], values[i], values[i+1]))
			}
		}
		best = append(best, b)
	}
	return best
}

// lowest is the index of the smallest finite value, or -1.
func lowest(values []float64) int {
	at := -1
	for i, v := range values {
		if !math.IsInf(v, 1) && (at < 0 || v < values[at]) {
			at = i
		}
	}
	return at
}

// vertex is where the parabola through three points is lowest, the middle one
// being no higher than the others.
func vertex(x0, x1, x2, y0, y1, y2 float64) float64 {
	left, right := (y1-y0)/(x1-x0), (y2-y1)/(x2-x1) // slopes
	if right == left {
		return x1
	}
	return (x0+x1)/2 - left*(x2-x0)/2/(right-left)
}

// RateExponent fits the power of rank that the best learning rate of a group
// follows, over the ranks and seeds at which it is not at an edge; those count
// as excluded.
func RateExponent(group []Arm) (metrics.Exponent, error) {
	var obs []metrics.Observation
	for _, b := range BestRates(group) {
		o := metrics.Observation{Rank: b.Rank, Seed: b.Seed, Value: b.Rate}
		if b.Edge {
			o.Value = math.NaN()
		}
		obs = append(obs, o)
	}
	return metrics.FitExponent(obs)
}
