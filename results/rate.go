package results

import (
	"cmp"
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
		slices.SortStableFunc(g, func(a, b Arm) int { return cmp.Compare(a.LR, b.LR) })
	}
	return groups
}

func sameButRate(a, b Arm) bool {
	x, y := a.Cells[0].Run, b.Cells[0].Run
	x.LR, y.LR = 0, 0
	x.Axes, y.Axes = without(x.Axes, "lr"), without(y.Axes, "lr")
	return compareArms(x, y) == 0
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
// rate, has its lowest point. A run that diverged, or
// ended above where it began, is worse than any other.
func BestRates(group []Arm) []BestRate {
	type sample struct {
		rank int
		seed uint64
	}
	tried := make(map[sample][]point) // in order of the rate, as the arms are
	var samples []sample
	loss, _ := metrics.StatisticNamed(tuningLoss)
	for _, a := range group {
		for _, c := range a.Cells {
			for _, r := range c.Runs {
				s := sample{r.Rank, r.Seed}
				if _, ok := tried[s]; !ok {
					samples = append(samples, s)
				}
				tried[s] = append(tried[s], rated(a.LR, r, loss)...)
			}
		}
	}
	var best []BestRate
	for _, s := range samples {
		rate, edge := bestOf(tried[s])
		best = append(best, BestRate{s.rank, s.seed, rate, edge})
	}
	return best
}

// point is the loss at a rate.
type point struct{ rate, loss float64 }

// rated is the point of a run: none without a loss, unless it diverged. One that
// ended above where it began counts as diverged: no parabola knows of it.
func rated(rate float64, r Run, loss metrics.Statistic) []point {
	p := point{rate, r.Statistic(loss)}
	if r.Status == Diverged || r.Learned() < 0 {
		p.loss = math.Inf(1)
	} else if math.IsNaN(p.loss) {
		return nil
	}
	return []point{p}
}

// bestOf returns the rate of the lowest loss, and whether it is at an edge.
func bestOf(tried []point) (rate float64, edge bool) {
	i := lowest(tried)
	if i < 0 {
		return math.NaN(), false
	}
	edge = i == 0 || i == len(tried)-1
	if edge || math.IsInf(tried[i-1].loss, 1) || math.IsInf(tried[i+1].loss, 1) {
		return tried[i].rate, edge
	}
	return vertex(tried[i-1], tried[i], tried[i+1]), false
}

// lowest is the index of the point of the smallest finite loss, or -1.
func lowest(points []point) int {
	at := -1
	for i, p := range points {
		if !math.IsInf(p.loss, 1) && (at < 0 || p.loss < points[at].loss) {
			at = i
		}
	}
	return at
}

// vertex is the rate at which the parabola through three points, of loss against
// the logarithm of the rate, is lowest, the middle one being no higher than the
// others.
func vertex(p, q, r point) float64 {
	x0, x1, x2 := math.Log(p.rate), math.Log(q.rate), math.Log(r.rate)
	left, right := (q.loss-p.loss)/(x1-x0), (r.loss-q.loss)/(x2-x1) // slopes
	if right == left {
		return math.Exp(x1)
	}
	return math.Exp((x0+x1)/2 - left*(x2-x0)/2/(right-left))
}

// vertexPoint is [vertex] with the loss that the parabola has there.
func vertexPoint(p, q, r point) (rate, loss float64) {
	rate = vertex(p, q, r)
	x0, x1, x2, x := math.Log(p.rate), math.Log(q.rate), math.Log(r.rate), math.Log(rate)
	left, right := (q.loss-p.loss)/(x1-x0), (r.loss-q.loss)/(x2-x1) // slopes
	return rate, q.loss + (x-x1)*(left+(x-x0)*(right-left)/(x2-x0))
}

// RateExponent fits the power of rank that the best learning rate of a group
// follows, over the ranks and seeds at which it is not at an edge; those at one
// count as excluded. What is predicted is [metrics.BestRate].
func RateExponent(group []Arm) (metrics.Exponent, error) {
	var obs []metrics.Observation
	for _, b := range BestRates(group) {
		o := metrics.Observation{Rank: b.Rank, Seed: b.Seed, Value: b.Rate}
		if b.Edge {
			o.Value = math.NaN()
		}
		obs = append(obs, o)
	}
	e, err := metrics.FitExponent(obs)
	e.Predicted = metrics.BestRate(metrics.UpdateOf(group[0].Optimizer), group[0].Scaling)
	return e, err
}
