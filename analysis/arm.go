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
func Arms(rows []Row) []Arm { return armsOf(Cells(rows)) }

// armsOf groups cells in the order of [Cells].
func armsOf(cells []Cell) []Arm {
	var arms []Arm
	for _, c := range cells {
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
		case !lawful(c.Method):
			always = "it has no laws of method " + c.Method
		case c.Powers.Log:
			always = "log r is no power of rank"
		case math.IsNaN(c.Powers.P) || math.IsNaN(c.Alpha):
			always = "it is not stated how gamma depends on rank"
		case c.Alpha != a.Cells[0].Alpha:
			always = "alpha depends on rank"
		case len(a.moving()) > 0:
			updated = strings.Join(a.moving(), " and ") + " depends on rank"
		}
		updated = cmp.Or(updated, c.BeyondTheory)
	}
	return always, updated
}

// lawful reports whether theory has laws of a method: of one that is not named too.
func lawful(method string) bool {
	m, ok := lora.MethodNamed(method)
	_, own := theory.LawsOf(method)
	return !ok || m.Traits().Has(lora.Factors) || own
}

// method is the one of all cells of the arm.
func (a Arm) method() string { return a.Cells[0].Method }

// BestRate is theory's power of rank of the best learning rate of the arm's scheme; NaN if theory predicts none.
func (a Arm) BestRate() float64 {
	always, _ := a.beyondTheory()
	if _, own := theory.LawsOf(a.method()); always != "" || own {
		return math.NaN()
	}
	return theory.BestRate(nn.UpdateOf(a.Optimizer), a.Powers)
}

// Stability is what theory says of the arm's scheme as the rank grows; unknown if theory
// predicts nothing of the arm.
func (a Arm) Stability() theory.Stability {
	if always, updated := a.beyondTheory(); always != "" || updated != "" {
		return theory.Unknown
	}
	return theory.StabilityWith(a.method(), nn.UpdateOf(a.Optimizer), a.Powers)
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
