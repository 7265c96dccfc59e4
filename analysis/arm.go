package analysis

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strings"

	"ranksweep/grid"
	"ranksweep/lora"
	"ranksweep/metrics"
	"ranksweep/metrics/stats"
	"ranksweep/nn"
	"ranksweep/theory"
)

// Arm is one line of a figure against rank: the cells that differ only in their
// rank, and in gamma and a matched alpha, which follow from it.
type Arm struct {
	Scheme    string            // as Run.Scheme
	Powers    lora.Scheme       // as Run.Powers
	Optimizer string            // as Run.Optimizer
	LR        float64           // as Run.LR
	Axes      []grid.Coordinate // the remaining axes, rank, scaling and seed left out
	Cells     []Cell            // in order of rank
	Warnings  []string          // doubts about the arm as a whole; each cell has its own besides
}

// Arms groups rows into arms, in the order of [Cells].
func Arms(rows []Row) []Arm {
	var arms []Arm
	for _, c := range Cells(rows) {
		if n := len(arms); n == 0 || compareArms(arms[n-1].Cells[0].Setting, c.Setting) != 0 {
			arms = append(arms, Arm{
				Scheme:    c.Scheme,
				Powers:    c.Powers,
				Optimizer: c.Optimizer,
				LR:        c.LR,
				Axes:      c.armAxes(),
			})
		}
		a := &arms[len(arms)-1]
		if n := len(a.Cells); n > 0 && a.Cells[n-1].Rank == c.Rank {
			a.Warnings = append(a.Warnings,
				fmt.Sprintf("rank %d has more than one cell: they differ in a field that is no axis", c.Rank))
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

// Ranked reports whether the arm has ranks. Full fine-tuning has none: it is the
// reference that lines against rank are compared with.
func (a Arm) Ranked() bool { return a.Cells[0].Ranked() }

// beyondTheory says why theory predicts nothing of the arm: always, or only once the
// adapter was updated. Each is empty if theory does predict.
func (a Arm) beyondTheory() (always, updated string) {
	for _, c := range a.Cells {
		switch {
		case !c.Ranked():
			always = "there is no rank"
		case c.Powers.Log:
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

// Stability is what theory says of the arm's scheme as the rank grows; unknown if theory
// predicts nothing of the arm.
func (a Arm) Stability() theory.Stability {
	if always, updated := a.beyondTheory(); always != "" || updated != "" {
		return theory.Unknown
	}
	return theory.StabilityOf(nn.UpdateOf(a.Optimizer), a.Powers)
}

// moving names the axes that have more than one value in the arm, because they move with
// rank or are tuned away.
func (a Arm) moving() []string {
	first := a.Cells[0]
	return slices.DeleteFunc(slices.Clone(first.Moving), func(name string) bool {
		return !slices.ContainsFunc(a.Cells, func(c Cell) bool {
			return grid.ValueOf(c.Axes, name) != grid.ValueOf(first.Axes, name)
		})
	})
}

// Exponent fits a power of rank to the values of s in the arm's runs. It also has the
// power that theory predicts, if theory's assumptions hold, and the power that theory's
// exact values follow at these ranks. The error is that of [stats.FitExponent]; the
// prediction is filled in even then.
func (a Arm) Exponent(s metrics.Statistic) (stats.Exponent, error) {
	e, err := stats.FitExponent(a.Observations(s))
	expected := a.expectedPowers(s)
	absent := slices.ContainsFunc(expected, func(o stats.Observation) bool { return math.IsNaN(o.Value) })
	if exact, err := stats.FitExponent(expected); err == nil && !absent {
		e.Exact = exact.Value
	}
	always, updated := a.beyondTheory()
	theory := s.TheoryOf(a.Powers.ZeroA)
	predicted, ok := theory.Exponent(nn.UpdateOf(a.Optimizer), a.Powers)
	if ok && always == "" && (updated == "" || theory.Onset) {
		e.Predicted, e.Rise = predicted, theory.Rise
	}
	return e, err
}

// expectedPowers returns theory's exact expectations for the arm's runs, corrected for the
// fit, which averages logarithms: the mean of a logarithm lies below the logarithm of the
// mean, to second order by half of the relative variance over draws of A. For a statistic
// that is a root of the expected quantity the correction is half as large. The relative
// variance is estimated over seeds from the ratios of [Cell.OverExpected]. With fewer than three seeds,
// or for ratios of expectations, it cannot be estimated and nothing is corrected.
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

// VarianceExponent fits a power of rank to the variance over seeds of the ratio whose mean is
// [Cell.OverExpected]. The ratio leaves out the differences between
// seeds that come from their data. Predicted is the power of the onset gradient norm.
func (a Arm) VarianceExponent(s metrics.Statistic) (stats.Exponent, error) {
	e, err := stats.FitVarianceExponent(a.observed(func(r Row) float64 { return r.overExpected(s) }))
	if s.Name == metrics.GradNormOnset.Name {
		e.Predicted = theory.OnsetVariancePower
	}
	return e, err
}

// Observations are the values of s in the arm's runs, to which an exponent is fitted; a run
// without a value has NaN.
func (a Arm) Observations(s metrics.Statistic) []stats.Observation {
	return a.observed(func(r Row) float64 { return r.Statistic(s) })
}

// observed returns value of each of the arm's runs.
func (a Arm) observed(value func(Row) float64) (obs []stats.Observation) {
	for _, c := range a.Cells {
		for _, r := range c.Runs {
			obs = append(obs, stats.Observation{Rank: r.Rank, Seed: r.Seed, Value: value(r)})
		}
	}
	return obs
}

// SmallestRank is the smallest rank that the arm's grid asks for or, without a grid, the
// smallest that the arm has.
func (a Arm) SmallestRank() int { return cmp.Or(a.Cells[0].Smallest, a.Cells[0].Rank) }

// CollapseRatio returns the onset gradient norm of a cell of the arm, divided by the norm
// at [Arm.SmallestRank]. Ratios are taken seed by seed, since runs of one seed see
// the same data, and then averaged. A seed that lacks one of the two norms is left out. An
// arm without ranks has no ratio, and neither has one that lacks its smallest rank.
func (a Arm) CollapseRatio(c Cell) stats.Interval {
	if !c.Ranked() || a.Cells[0].Rank != a.SmallestRank() {
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
