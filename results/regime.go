package results

import (
	"math"

	"ranksweep/metrics"
	"ranksweep/metrics/stats"
	"ranksweep/nn"
	"ranksweep/theory"
)

// Regime is how a statistic passes from its law for ranks far below the width of
// the adapted maps to that for ranks far above it, where it then rises faster, see
// [theory.TwoLaws].
type Regime struct {
	Crossover stats.Interval // over seeds, whose data differ: the rank at which the laws meet
	Ranks     []int          // rising

	// Mean squares over seeds of what was measured and of what is expected at
	// each rank, over the square of the first law: 1 far below the crossover,
	// r over it far above.
	Measured, Expected []stats.Interval
}

// Regime returns that of a statistic, if theory has two laws for it and exact
// values at the arm's smallest and largest rank.
func (a Arm) Regime(s metrics.Statistic) (Regime, bool) {
	law := s.TheoryOf(a.Scaling.ZeroA)
	power, ok := law.Exponent(nn.UpdateOf(a.Optimizer), a.Scaling)
	first, last := a.Cells[0], a.Cells[len(a.Cells)-1]
	if !ok || law.Rise <= 0 || first.Rank == last.Rank {
		return Regime{}, false
	}
	laws := make(map[uint64]theory.TwoLaws) // by seed
	var crossovers []float64
	for _, r := range first.Runs {
		for _, q := range last.Runs {
			if q.Seed == r.Seed {
				l := theory.NewTwoLaws(power, r.Rank, r.expected(s), q.Rank, q.expected(s))
				laws[r.Seed], crossovers = l, append(crossovers, l.Crossover)
			}
		}
	}
	g := Regime{Crossover: stats.MeanInterval(crossovers)}
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
		g.Measured, g.Expected = append(g.Measured, stats.MeanInterval(measured)), append(g.Expected, stats.MeanInterval(expected))
	}
	return g, g.Crossover.N > 0
}
