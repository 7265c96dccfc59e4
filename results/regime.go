package results

import (
	"math"

	"ranksweep/metrics"
)

// Regime is how a statistic passes from its law for ranks far below the width of
// the adapted maps to that for ranks far above it, where it then rises faster, see
// [metrics.TwoLaws].
type Regime struct {
	Crossover metrics.Interval // over seeds, whose data differ: the rank at which the laws meet
	Ranks     []int            // rising

	// Mean squares over seeds of what was measured and of what is expected at
	// each rank, over the square of the first law: 1 far below the crossover,
	// r over it far above.
	Measured, Expected []metrics.Interval
}

// Regime returns that of a statistic, if theory has two laws for it and exact
// values at the arm's smallest and largest rank.
func (a Arm) Regime(s metrics.Statistic) (Regime, bool) {
	theory := s.TheoryOf(a.Scaling.ZeroA)
	power, ok := theory.Exponent(metrics.UpdateOf(a.Optimizer), a.Scaling)
	first, last := a.Cells[0], a.Cells[len(a.Cells)-1]
	if !ok || theory.Rise <= 0 || first.Rank == last.Rank {
		return Regime{}, false
	}
	laws := make(map[uint64]metrics.TwoLaws) // by seed
	var crossovers []float64
	for _, r := range first.Runs {
		for _, q := range last.Runs {
			if q.Seed == r.Seed {
				l := metrics.NewTwoLaws(power, r.Rank, r.expected(s), q.Rank, q.expected(s))
				laws[r.Seed], crossovers = l, append(crossovers, l.Crossover)
			}
		}
	}
	g := Regime{Crossover: metrics.MeanInterval(crossovers)}
	for _, c := range a.Cells {
		var measured, expected []float64
		for _, r := range c.Runs {
			if l, ok := laws[r.Seed]; ok {
				small := l.Small(r.Rank)
				measured = append(measured, math.Pow(r.Statistic(s)/small, 2))
				expected = append(expected, math.Pow(r.expected(s)/small, 2))
			}
		}
		g.Ranks = append(g.Ranks, c.Rank)
		g.Measured, g.Expected = append(g.Measured, metrics.MeanInterval(measured)), append(g.Expected, metrics.MeanInterval(expected))
	}
	return g, g.Crossover.N > 0
}
