package paper

import (
	"image/color"
	"slices"

	"ranksweep/analysis"
	"ranksweep/chart"
	"ranksweep/grid"
	"ranksweep/metrics"
	"ranksweep/metrics/stats"
	"ranksweep/paper/figure"
	"ranksweep/results"
)

// View is the runs of one grid, with everything that figures, tables and judges share, worked
// out once.
type View struct {
	Choices   []grid.Choice       // how the values of nuisance axes were chosen
	Inference []results.Inference // the timings of [InferenceStudy], which has no runs

	arms      []analysis.Arm
	cells     []analysis.Cell          // of all arms, in their order
	labels    []string                 // one for each arm
	colors    []color.RGBA             // one for each arm
	palette   map[string]figure.Family // by scheme
	schemes   []string                 // each once, in the order of arms
	ranks     []int                    // each once, rising; arms without a rank have 0
	differing []trait                  // traits in which arms differ, besides their scheme
	loss      metrics.Statistic        // the loss that runs are compared by
	coverage  results.Coverage         // what of the plan the runs are
	equal     string                   // what of the plan the runs are, and what they share, in sentences
	against   map[string]string        // the value on an axis that others are compared with, if it was chosen
	alone     bool                     // a claim on one scheme is shown: no comparison with another is part of it
	wants     string                   // what the rule wants of the best rates; empty if no claim is shown
	stores    []analysis.Store         // if those of several are shown together
	chosen    chart.Chosen             // if an expression chose the runs
}

// NewView returns a view of rows. choices say how their nuisance values were chosen, and
// coverage what of the plan the rows are.
func NewView(rows []analysis.Row, choices []grid.Choice, coverage results.Coverage) View {
	return View{Choices: choices, coverage: coverage}.of(analysis.Arms(rows))
}

// Of returns the view as one of several stores together, which have a table of their own.
func (v View) Of(stores []analysis.Store) View {
	v.stores = stores
	return v
}

// Chosen returns the view of the runs that an expression leaves, which captions and legends say.
func (v View) Chosen(c chart.Chosen) View {
	v.chosen = c
	return v.of(analysis.Arms(c.Rows))
}

// of returns a view of some arms only, with their own labels and colours, and with what they
// have in common.
func (v View) of(arms []analysis.Arm) View {
	v = View{Choices: v.Choices, Inference: v.Inference, coverage: v.coverage, arms: arms, alone: v.alone,
		against: v.against, wants: v.wants, stores: v.stores, chosen: v.chosen}
	v.cells = cellsOf(arms)
	v.schemes, v.ranks, v.differing = schemesOf(arms), ranksOf(v.cells), varying(arms)
	v.labels, v.palette = armLabels(arms, v.differing), families(v.schemes)
	v.colors, v.loss = armColors(arms, v.palette), lossOf(v.cells)
	if len(arms) > 0 {
		v.equal = v.covered() + v.heldEqual()
	}
	return v
}

// where returns a view of the arms for which ok is true.
func (v View) where(ok func(analysis.Arm) bool) View {
	arms := slices.DeleteFunc(slices.Clone(v.arms), func(a analysis.Arm) bool { return !ok(a) })
	if len(arms) == len(v.arms) {
		return v
	}
	return v.of(arms)
}

// ranked returns a view of the arms that have ranks. Arms without ranks appear in tables and
// curves, but are no lines against rank.
func (v View) ranked() View { return v.where(analysis.Arm.Ranked) }

// byRate groups the arms that differ only in their learning rate. named is a view of the first
// arm of each group, whose labels have no learning rate, since a group has several.
func (v View) byRate() (groups [][]analysis.Arm, named View) {
	groups = analysis.RateGroups(v.arms)
	var first []analysis.Arm
	for _, g := range groups {
		first = append(first, g[0])
	}
	named = v.of(first)
	named.labels = armLabels(first, withoutRate(named.differing))
	return groups, named
}

// cellsOf are the cells of arms.
func cellsOf(arms []analysis.Arm) (cells []analysis.Cell) {
	for _, a := range arms {
		cells = append(cells, a.Cells...)
	}
	return cells
}

// byBytes reports whether runs are compared by bits per byte.
func (v View) byBytes() bool { return v.loss.Name == metrics.BitsPerByteFinal.Name }

// intervals are the intervals of a statistic, one for each cell.
func (v View) intervals(s metrics.Statistic) []stats.Interval { return intervalsOf(v.cells, s) }

// lossOf is the loss by which cells are compared: if their tokenizers differ, or may, that of a byte; else that of a
// token.
func lossOf(cells []analysis.Cell) metrics.Statistic {
	var first []analysis.Row // of each cell, whose runs have one model and one set of data
	for _, c := range cells {
		first = append(first, c.Runs[0])
	}
	if !analysis.SameTokens(first) {
		return metrics.BitsPerByteFinal
	}
	return tokenLoss(cells)
}

// tokenLoss is the final validation loss or, if no run has one, the training loss.
func tokenLoss(cells []analysis.Cell) metrics.Statistic {
	for _, i := range intervalsOf(cells, metrics.ValLossFinal) {
		if i.N > 0 {
			return metrics.ValLossFinal
		}
	}
	return metrics.TrainLossFinal
}

// intervalsOf are the intervals of a statistic, one for each cell.
func intervalsOf(cells []analysis.Cell, s metrics.Statistic) []stats.Interval {
	intervals := make([]stats.Interval, len(cells))
	for i, c := range cells {
		intervals[i] = c.Statistic(s)
	}
	return intervals
}
