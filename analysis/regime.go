package analysis

import (
	"math"

	"ranksweep/metrics"
	"ranksweep/metrics/stats"
	"ranksweep/nn"
	"ranksweep/theory"
)

// Regime says how a statistic passes between its two laws: the law for ranks far below the
// width of the adapted maps, and the law for ranks far above it, where it rises faster. See
// [theory.TwoLaws].
type Regime struct {
	Crossover stats.Interval // over seeds, whose data differ: the rank at which the laws meet
	Ranks     []int          // rising

	// Mean squares over seeds of the measured and of the expected value at each rank,
	// divided by the square of the first law: 1 far below the crossover, rank/crossover far
	// above it.
	Measured, Expected []stats.Interval
}

// Regime returns the regime of a statistic; ok is false unless theory has two laws for it
// and exact values at the arm's smallest and largest rank.
func (a Arm) Regime(s metrics.Statistic) (Regime, bool) {
	law := s.TheoryOf(a.method(), a.Powers.ZeroA)
	power, ok := law.Exponent(nn.UpdateOf(a.Optimizer), a.Powers)
	first, last := a.Cells[0], a.Cells[len(a.Cells)-1]
	if !ok || law.Rise(nn.UpdateOf(a.Optimizer), a.Powers) <= 0 || first.Rank == last.Rank {
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
		g.Measured = append(g.Measured, stats.MeanInterval(measured))
		g.Expected = append(g.Expected, stats.MeanInterval(expected))
	}
	return g, g.Crossover.N > 0
}
