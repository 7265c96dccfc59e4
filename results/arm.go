package results

import (
	"fmt"

	"ranksweep/metrics"
)

// Arm is one line of a figure against rank: the cells that differ in nothing
// but rank (and what follows from it: gamma, and alpha where it is matched).
type Arm struct {
	Scheme    string   // as Run.Scheme
	P         float64  // as Run.P
	Optimizer string   // as Run.Optimizer
	LR        float64  // as Run.LR
	Axes      []Axis   // the remaining axes, rank, scaling and seed left out
	Cells     []Cell   // in order of rank
	Warnings  []string // doubts about the arm itself; its cells have their own
}

// Arms groups runs into arms, in the order of [Cells].
func Arms(runs []Run) []Arm {
	var arms []Arm
	for _, c := range Cells(runs) {
		if n := len(arms); n == 0 || compareArms(arms[n-1].Cells[0].Run, c.Run) != 0 {
			arms = append(arms, Arm{
				Scheme:    c.Scheme,
				P:         c.P,
				Optimizer: c.Optimizer,
				LR:        c.LR,
				Axes:      without(c.Axes, "rank", "scaling"),
			})
		}
		a := &arms[len(arms)-1]
		if n := len(a.Cells); n > 0 && a.Cells[n-1].Rank == c.Rank {
			a.Warnings = append(a.Warnings, fmt.Sprintf("rank %d has more than one cell: they differ in a field that is no axis", c.Rank))
		}
		a.Cells = append(a.Cells, c)
	}
	return arms
}

// Exponent fits the power of rank that s follows over the arm's done runs, and
// sets beside it the one that theory predicts, which takes A's variance for
// free of rank: where it is not, nothing is predicted. Its error is that of
// [metrics.FitExponent]; Predicted is set all the same.
func (a Arm) Exponent(s metrics.Statistic) (metrics.Exponent, error) {
	var obs []metrics.Observation
	for _, c := range a.Cells {
		for _, r := range c.Runs {
			if r.Status == Done {
				obs = append(obs, metrics.Observation{Rank: r.Rank, Seed: r.Seed, Value: s.Of(r.Curve)})
			}
		}
	}
	e, err := metrics.FitExponent(obs)
	if predicted, ok := s.Predict(a.Optimizer, a.P); ok && a.Cells[0].InitExponent == 0 {
		e.Predicted = predicted
	}
	return e, err
}

// CollapseRatio returns the onset gradient norm of a cell of the arm over that
// at the arm's smallest rank. Ratios are taken seed by seed, as runs of one
// seed see the same data, and then averaged; a seed that is not done at both
// ranks is left out.
func (a Arm) CollapseRatio(c Cell) metrics.Interval {
	smallest := map[uint64]float64{}
	for _, r := range a.Cells[0].Runs {
		smallest[r.Seed] = r.Statistic(metrics.GradNormOnset)
	}
	var ratios []float64
	for _, r := range c.Runs {
		if base, ok := smallest[r.Seed]; ok && base > 0 {
			ratios = append(ratios, r.Statistic(metrics.GradNormOnset)/base)
		}
	}
	return metrics.MeanInterval(ratios)
}
