package analysis

import (
	"maps"
	"math"
	"slices"

	"ranksweep/metrics"
	"ranksweep/metrics/stats"
	"ranksweep/nn"
	"ranksweep/theory"
)

// PerRank is the first arm of a group of arms that differ only in their rate, with each rank's
// cell at the smallest rate that was tried there.
func PerRank(group []Arm) Arm {
	a := group[0]
	smallest := make(map[int]Cell)
	for _, of := range group {
		for _, c := range of.Cells {
			if s, ok := smallest[c.Rank]; !ok || c.LR < s.LR {
				smallest[c.Rank] = c
			}
		}
	}
	a.Cells = nil
	for _, rank := range slices.Sorted(maps.Keys(smallest)) {
		a.Cells = append(a.Cells, smallest[rank])
	}
	return a
}

// FirstRateExponent fits a power of rank to the learning rate of the best first step, as it was
// measured: the rate of a run times [metrics.StepFirst]. It takes each rank's runs at the smallest
// rate.
func FirstRateExponent(group []Arm) (stats.Exponent, error) {
	return stats.FitExponent(PerRank(group).observed(func(r Row) float64 {
		return r.LR * r.Statistic(metrics.StepFirst)
	}))
}

// FirstRateLaw is the exact law of the learning rate of the best first step, from the arm's exact
// values of [metrics.StepFirst] at its smallest and largest rank: a power of the rank divided by
// r + D. power is what the law comes to at the given ranks, by the fit of [stats.FitExponent], and
// d is D; both are over seeds, whose data differ. ok is false if theory has no such values.
func (a Arm) FirstRateLaw(ranks []int) (power stats.Exponent, d stats.Interval, ok bool) {
	law, _ := metrics.StepFirst.TheoryOf(a.method(), a.Powers.ZeroA).Exponent(nn.UpdateOf(a.Optimizer), a.Powers)
	first, last := a.Cells[0], a.Cells[len(a.Cells)-1]
	if first.Rank == last.Rank {
		return power, d, false
	}
	var obs []stats.Observation
	var meets []float64
	for _, r := range first.Runs {
		for _, q := range last.Runs {
			if q.Seed != r.Seed {
				continue
			}
			// The inverse of the step has two laws, and theory.TwoLaws takes the roots of what it fits.
			root := func(r Row) float64 { return 1 / math.Sqrt(r.LR*r.expected(metrics.StepFirst)) }
			l := theory.NewTwoLaws(-law/2, r.Rank, root(r), q.Rank, root(q))
			meets = append(meets, l.Crossover)
			for _, rank := range ranks {
				inverse := math.Pow(l.Small(rank), 2) * (1 + float64(rank)/l.Crossover)
				obs = append(obs, stats.Observation{Rank: rank, Seed: r.Seed, Value: 1 / inverse})
			}
		}
	}
	power, err := stats.FitExponent(obs)
	return power, stats.MeanInterval(meets), err == nil
}
