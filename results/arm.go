package results

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strings"

	"ranksweep/lora"
	"ranksweep/metrics"
	"ranksweep/metrics/stats"
	"ranksweep/nn"
	"ranksweep/theory"
)

// Arm is one line of a figure against rank: the cells that differ in nothing
// but rank (and what follows from it: gamma, and alpha where it is matched).
type Arm struct {
	Scheme    string      // as Run.Scheme
	Scaling   lora.Scheme // as Run.Scaling
	Optimizer string      // as Run.Optimizer
	LR        float64     // as Run.LR
	Axes      []Axis      // the remaining axes, rank, scaling and seed left out
	Cells     []Cell      // in order of rank
	Warnings  []string    // doubts about the arm itself; its cells have their own
}

// Arms groups rows into arms, in the order of [Cells].
func Arms(rows []Row) []Arm {
	var arms []Arm
	for _, c := range Cells(rows) {
		if n := len(arms); n == 0 || compareArms(arms[n-1].Cells[0].Setting, c.Setting) != 0 {
			arms = append(arms, Arm{
				Scheme:    c.Scheme,
				Scaling:   c.Scaling,
				Optimizer: c.Optimizer,
				LR:        c.LR,
				Axes:      c.armAxes(),
			})
		}
		a := &arms[len(arms)-1]
		if n := len(a.Cells); n > 0 && a.Cells[n-1].Rank == c.Rank {
			a.Warnings = append(a.Warnings, fmt.Sprintf("rank %d has more than one cell: they differ in a field that is no axis", c.Rank))
		}
		a.Cells = append(a.Cells, c)
	}
	for i := range arms {
		if !arms[i].Ranked() {
			continue // nobody expects one
		}
		always, updated := arms[i].beyondTheory()
		if reason := cmp.Or(always, updated); reason != "" {
			arms[i].Warnings = append(arms[i].Warnings, "no prediction of theory: "+reason)
		}
	}
	return arms
}

// Ranked reports whether the arm has ranks: a line against rank, and not what
// such lines are held against.
func (a Arm) Ranked() bool { return a.Cells[0].Ranked() }

// beyondTheory says why theory predicts nothing of the arm at all, or nothing
// once it has been updated; empty where it does.
func (a Arm) beyondTheory() (always, updated string) {
	for _, c := range a.Cells {
		switch {
		case !c.Ranked():
			always = "there is no rank"
		case c.Scaling.Log:
			always = "log r is no power of rank"
		case c.Alpha != a.Cells[0].Alpha:
			always = "alpha depends on rank"
		case len(a.moving()) > 0:
			updated = strings.Join(a.moving(), " and ") + " depends on rank"
		}
		updated = cmp.Or(updated, c.BeyondTheory)
	}
	return always, updated
}

// Stability is what theory says of the arm's scheme as the rank grows; unknown where it
// predicts nothing of the arm.
func (a Arm) Stability() theory.Verdict {
	if always, updated := a.beyondTheory(); always != "" || updated != "" {
		return theory.Unknown
	}
	return theory.Stability(nn.UpdateOf(a.Optimizer), a.Scaling)
}

// moving names the axes that move with rank or are tuned away and have more
// than one value in the arm.
func (a Arm) moving() []string {
	first := a.Cells[0]
	return slices.DeleteFunc(slices.Clone(first.Moving), func(name string) bool {
		return !slices.ContainsFunc(a.Cells, func(c Cell) bool { return ValueOf(c.Axes, name) != ValueOf(first.Axes, name) })
	})
}

// Exponent fits the power of rank that s follows over the arm's runs that have
// it, and sets beside it the one that theory predicts, where its assumptions hold,
// and the one that its exact values have at these ranks. Its
// error is that of [metrics.FitExponent]; the prediction is set all the same.
func (a Arm) Exponent(s metrics.Statistic) (stats.Exponent, error) {
	e, err := stats.FitExponent(a.Observations(s))
	expected := a.expectedPowers(s)
	absent := slices.ContainsFunc(expected, func(o stats.Observation) bool { return math.IsNaN(o.Value) })
	if exact, err := stats.FitExponent(expected); err == nil && !absent {
		e.Exact = exact.Value
	}
	always, updated := a.beyondTheory()
	theory := s.TheoryOf(a.Scaling.ZeroA)
	if predicted, ok := theory.Exponent(nn.UpdateOf(a.Optimizer), a.Scaling); ok && always == "" && (updated == "" || theory.Onset) {
		e.Predicted, e.Rise = predicted, theory.Rise
	}
	return e, err
}

// expectedPowers are the exact expectations of the arm's runs as the fit of a power
// sees them, which is of logarithms: the mean of a logarithm lies below the logarithm
// of the mean, by half of the relative variance over draws of A, to second order.
// Statistics that are roots of what is expected have half of that. The variance is
// that over seeds of what was measured over what is expected; below three seeds, and of
// ratios of expectations, there is none to be had, and nothing is taken off.
func (a Arm) expectedPowers(s metrics.Statistic) []stats.Observation {
	below := make(map[int]float64) // by rank
	for _, c := range a.Cells {
		if over := c.OverExpected(s); over.N >= 3 && !s.Theory.Ratio() {
			below[c.Rank] = math.Pow(over.SE(), 2) * float64(over.N) / 2
			if !s.Theory.Mean {
				below[c.Rank] /= 2
			}
		}
	}
	expected := a.observed(func(r Row) float64 { return r.expected(s) })
	for i, o := range expected {
		expected[i].Value *= math.Exp(-below[o.Rank])
	}
	return expected
}

// VarianceExponent fits the power of rank that the variance over seeds follows of
// what [Cell.OverExpected] is the mean of, which leaves out what differs between
// seeds in the data. Predicted is that of the onset gradient norm.
func (a Arm) VarianceExponent(s metrics.Statistic) (stats.Exponent, error) {
	e, err := stats.FitVarianceExponent(a.observed(func(r Row) float64 { return r.overExpected(s) }))
	if s.Name == metrics.GradNormOnset.Name {
		e.Predicted = theory.OnsetVariancePower
	}
	return e, err
}

// Observations are the values of s of the arm's runs, which an exponent is fitted
// to; a run without one has NaN.
func (a Arm) Observations(s metrics.Statistic) []stats.Observation {
	return a.observed(func(r Row) float64 { return r.Statistic(s) })
}

// observed is a value of each of the arm's runs.
func (a Arm) observed(value func(Row) float64) (obs []stats.Observation) {
	for _, c := range a.Cells {
		for _, r := range c.Runs {
			obs = append(obs, stats.Observation{Rank: r.Rank, Seed: r.Seed, Value: value(r)})
		}
	}
	return obs
}

// CollapseRatio returns the onset gradient norm of a cell of the arm over that
// at the arm's smallest rank. Ratios are taken seed by seed, as runs of one
// seed see the same data, and then averaged; a seed without one of the two
// is left out, and so is what has no rank.
func (a Arm) CollapseRatio(c Cell) stats.Interval {
	if !c.Ranked() {
		return stats.MeanInterval(nil)
	}
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
	return stats.MeanInterval(ratios)
}
