package paper

import (
	"cmp"
	"fmt"
	"maps"
	"math"
	"slices"
	"strings"

	"ranksweep/analysis"
	"ranksweep/metrics"
	"ranksweep/metrics/stats"
	"ranksweep/paper/number"
	"ranksweep/paper/table"
)

// fit is the fitted power of rank of a statistic of an arm, with the power that theory
// predicts.
type fit struct {
	label     string // of the arm
	kept      string // what the history calls the arm; empty: by its scheme
	arm       analysis.Arm
	statistic metrics.Statistic
	stats.Exponent
	err    error           // why there is no fitted power
	paired *stats.Exponent // see [fit.pairing]; nil if seeds are not paired
}

func newFit(a analysis.Arm, s metrics.Statistic) fit {
	e, err := a.Exponent(s)
	return fit{arm: a, statistic: s, Exponent: e, err: err}
}

// pairing pairs each seed's power with that of theory's exact values for the same seed, if theory has any. Deviations
// up to rounding then count as none.
func (f fit) pairing(rounding float64) fit {
	if f.err == nil && number.Finite(f.Exact) {
		e, _ := f.arm.PairedExponent(f.statistic)
		e.Rounding = rounding
		f.paired = &e
	}
	return f
}

// held is what is held to theory's power: the power with its interval over seeds or, of paired seeds, with that of
// the difference from theory's.
func (f fit) held() stats.Exponent {
	if f.paired != nil {
		return *f.paired
	}
	return f.Exponent
}

// Agreement and P are those of what is held to theory.
func (f fit) Agreement(tolerance float64) stats.Agreement { return f.held().Agreement(tolerance) }
func (f fit) P() float64                                  { return f.held().P() }

// sharper reports whether pairing makes a difference: theory's power is another for each seed.
func (f fit) sharper() bool { return f.paired != nil && f.paired.SE < 0.98*f.SE }

// off is how far the power is from theory's; negative inside a range of theory's.
func (f fit) off() float64 {
	low, high := f.Theory()
	return math.Max(low-f.Value, f.Value-high)
}

// farthest is how far the farthest of some powers is from theory's, and which factor that makes
// between the arm's smallest and largest rank.
func farthest(fits []fit) (far, factor float64) {
	factor = 1
	for _, f := range fits {
		if cells := f.arm.Cells; f.off() > far {
			far = f.off()
			factor = math.Pow(float64(cells[len(cells)-1].Rank)/float64(cells[0].Rank), far)
		}
	}
	return far, factor
}

// farthestText says the same in words.
func farthestText(fits []fit) string {
	far, factor := farthest(fits)
	return fmt.Sprintf("%s: a factor of %s over the ranks", number.Fixed(far, 3), number.Fixed(factor, 3))
}

// newFits are the fits of all arms and statistics.
func newFits(v View, statistics []metrics.Statistic) (all []fit) {
	kept := v.keptNames()
	for i, a := range v.arms {
		for _, s := range statistics {
			f := newFit(a, s)
			f.label, f.kept = v.labels[i], kept[i]
			all = append(all, f)
		}
	}
	return all
}

// keptNames are what the history calls the arms: labels without the optimizer, which names of
// numbers have already, and without the learning rate, which is another in another study. So a
// number of one study has the name of its counterpart in another.
func (v View) keptNames() []string {
	return armLabels(v.arms, slices.DeleteFunc(withoutRate(v.differing), func(t trait) bool {
		return t.field == "optimizer"
	}))
}

// name says what is fitted, as the history does.
func (f fit) name() string {
	return fmt.Sprintf("%s, %s, %s", cmp.Or(f.kept, schemeLabel(f.arm.Scheme)), f.arm.Optimizer, f.statistic.Name)
}

// number is the power as a number that a standing rests on.
func (f fit) number() Number { return powerNumber("power of rank, "+f.name(), f.Exponent) }

// powers compares powers of rank with theory. Rows that are one measurement count once, such
// as the rows of multipliers that differ by a constant. The claim is not seen if one of the
// distinct rows differs from theory, with P values corrected over all of them. It is seen if
// none differs and every interval lies within the tolerance of theory's power.
func powers(r Rule, v View) Finding {
	v, statistics := r.of(v), r.statistics()
	if len(statistics) == 0 {
		statistics = predictedStatistics(v)
	}
	return r.judgePowers(v, statistics, newFits(v, statistics))
}

// judgePowers judges those of some powers, of all arms and statistics, for which theory predicts one.
func (r Rule) judgePowers(v View, statistics []metrics.Statistic, all []fit) Finding {
	fits := predicted(all)
	if len(fits) == 0 {
		return lacking("a power of rank that theory predicts")
	}
	f := heldToTheory(fits, r.limit("tolerance"), r.limit("level"))
	f.Text = strings.TrimSpace(f.Text + " " + checkedText(v, statistics))
	if text := unbelievable(v.arms, statistics); text != "" {
		f.Standing, f.Text = Unresolved, text+" "+f.Text
	}
	all = slices.DeleteFunc(slices.Clone(all), func(f fit) bool { return !f.arm.Ranked() })
	f.Tables = []table.Table{fitsTable(v.ranked(), statistics, all)}
	return f
}

// pairedText says, where a rule does not pair seeds, what it would be if it did; empty where that would make no
// difference.
func pairedText(groups [][]fit, level float64) string {
	var ps []float64
	sharper, differ := 0, 0
	for _, g := range groups {
		if g[0].paired != nil {
			return ""
		}
		f := g[0].pairing(0)
		if ps = append(ps, f.P()); f.sharper() {
			sharper++
		}
	}
	if sharper == 0 {
		return ""
	}
	ps = stats.Holm(ps)
	for _, p := range ps {
		if p <= level {
			differ++
		}
	}
	return fmt.Sprintf(" In %d of the distinct rows theory's own power is another for each seed. The rule does not "+
		"pair seeds. If each seed's power is paired with theory's for that seed, %d of %d distinct rows differ, "+
		"corrected, and the smallest p is %s.", sharper, differ, len(groups),
		number.Significant(slices.Min(slices.DeleteFunc(ps, math.IsNaN)), 2))
}

// predictedFits are the powers, of all arms and statistics, for which theory predicts one.
func predictedFits(v View, statistics []metrics.Statistic) []fit {
	return predicted(newFits(v, statistics))
}

// predicted are those of some powers for which theory predicts one.
func predicted(fits []fit) []fit {
	return slices.DeleteFunc(slices.Clone(fits), func(f fit) bool {
		return f.err != nil || f.Agreement(near) <= stats.NoInterval
	})
}

// distinctFits groups fits that are one measurement.
func distinctFits(fits []fit) (groups [][]fit) {
	var rows [][]stats.Observation
	for _, f := range fits {
		rows = append(rows, f.arm.Observations(f.statistic))
	}
	for _, indexes := range stats.Distinct(rows) {
		var group []fit
		for _, i := range indexes {
			group = append(group, fits[i])
		}
		groups = append(groups, group)
	}
	return groups
}

// heldToTheory judges powers as [powers] does. Rows count as one measurement if they differ
// by any power of rank, also by one that theory does not predict. So every row of a group is
// compared with theory: a group differs if one of its rows does, corrected over all rows,
// distinct or not; and no row may be off by more than the tolerance. Only the first row of a
// group must have a narrow interval.
func heldToTheory(fits []fit, tolerance, level float64) Finding {
	groups := distinctFits(fits)
	var firsts, rows []float64
	f := Finding{Standing: Seen}
	agree := 0
	for _, g := range groups {
		firsts = append(firsts, g[0].P())
		f.Numbers = append(f.Numbers, g[0].number())
		low, high := g[0].Theory()
		held := g[0].held()
		agrees := held.Low >= low-tolerance && held.High <= high+tolerance // not so without an interval
		for _, x := range g {
			rows = append(rows, x.P())
			agrees = agrees && x.off() <= tolerance
		}
		if !agrees {
			f.Standing = Unresolved
		} else if g[0].Agreement(tolerance) == stats.Agrees {
			agree++
		}
	}
	differing := 0
	var apart []fit // rows that are shown to differ
	rows = stats.Holm(rows)
	firsts = stats.Holm(firsts)
	for i, p := range firsts {
		of, before := rows[:len(groups[i])], len(apart)
		rows = rows[len(of):]
		for k, x := range groups[i] {
			if of[k] <= level || k == 0 && p <= level {
				apart = append(apart, x)
			}
		}
		if len(apart) > before {
			differing++
		}
	}
	if differing > 0 {
		f.Standing = NotSeen
	}
	far, _ := farthest(apart)
	f.Off = offBy(far)
	if f.Text = oneMeasured(fits, groups, firsts); f.Text != "" {
		return f
	}
	f.Text = fmt.Sprintf("Rows: %d. Distinct measurements among them: %d; any other row is one of these times a "+
		"constant or a power of the rank, or its square. Each judged alone, %d of %d agree with theory. Corrected "+
		"over all of them by Holm's method, %d of %d differ from theory at the level %s. The largest deviation from "+
		"theory is %s.",
		len(fits), len(groups), agree, len(groups), differing, len(groups), number.Brief(level), farthestText(fits))
	f.Text += smallestText(firsts) + othersDiffering(groups, tolerance) + pairedText(groups, level)
	return f
}

// oneMeasured says what two rows show that are one measurement and equally far from theory; empty if they are more,
// or not.
func oneMeasured(fits []fit, groups [][]fit, ps []float64) string {
	const same = 5e-4 // rounding of float32 is far below
	if len(fits) != 2 || len(groups) != 1 || math.Abs(fits[0].off()-fits[1].off()) > same {
		return ""
	}
	return fmt.Sprintf("The two rows are one measurement: one is the other times a constant or a power of the rank. "+
		"It is off by %s. A test that it is not off at all has p = "+
		"%s.", farthestText(fits), number.Significant(ps[0], 2))
}

// othersDiffering says how many rows differ from theory, judged alone, in groups whose first row agrees;
// empty if none does.
func othersDiffering(groups [][]fit, tolerance float64) string {
	n, labels := 0, []string(nil)
	for _, g := range groups {
		for _, f := range g[1:] {
			if g[0].Agreement(tolerance) != stats.Agrees || f.Agreement(tolerance) != stats.Differs {
				continue
			}
			n++
			if !slices.Contains(labels, f.statistic.Label) {
				labels = append(labels, f.statistic.Label)
			}
		}
	}
	if n == 0 {
		return ""
	}
	return fmt.Sprintf(" Rows that differ when judged alone, though the first row of the same measurement agrees: %d "+
		"(%s). They count in the standing only corrected over all rows.", n, strings.Join(labels, ", "))
}

// smallestText says which of some P values is the smallest; empty if there is none.
func smallestText(ps []float64) string {
	ps = slices.DeleteFunc(slices.Clone(ps), math.IsNaN)
	if len(ps) == 0 {
		return ""
	}
	return fmt.Sprintf(" The smallest p of a distinct row, so corrected, is %s.", number.Significant(slices.Min(ps), 2))
}

// exactCell is the mean square over seeds divided by the expected one or, for a loss drop, the
// mean divided by the expected one.
type exactCell struct {
	name string
	over stats.Interval
}

// exactValues compares the mean square over draws of A, or the mean of a loss drop, with its
// expected value at each rank, by one t test for each cell, corrected over the distinct cells.
// Intervals must be narrow enough to tell. Rows count as one measurement if they differ by any
// factor, also by one that theory does not expect. So a cell outside the distinct ones also
// counts as different if it differs when P values are corrected over all cells. The share of
// intervals that contain the expected value is that of all cells: that of the distinct ones
// would depend on which row stands for its measurement.
func exactValues(r Rule, v View) Finding {
	groups, cells, distinct := exactCells(r.of(v))
	if len(cells) == 0 {
		return lacking("a cell with three seeds and an exact expectation")
	}
	level := r.limit("level")
	differ := differingCells(cells, level)
	rejected := differingCells(distinct, level)
	outside := slices.DeleteFunc(slices.Clone(cells), func(c exactCell) bool {
		return c.over.Low <= 1 && 1 <= c.over.High
	})
	share := float64(len(cells)-len(outside)) / float64(len(cells))
	widest := 0.0
	for _, c := range cells {
		widest = math.Max(widest, (c.over.High-c.over.Low)/2)
	}
	f := Finding{Standing: Seen, Numbers: []Number{{
		Name: "cells whose interval holds what is expected", Value: share, Low: math.NaN(), High: math.NaN(),
	}}}
	switch {
	case len(rejected)+len(differ) > 0:
		f.Standing, f.Off = NotSeen, offRatio(append(rejected, differ...))
	case widest > r.limit("widest"), share < r.limit("held"):
		f.Standing = Unresolved
	}
	f.Text = fmt.Sprintf("Cells: %d. Distinct measurements among them: %d. Each cell has a ratio: the "+
		"mean square over "+
		"its expected value or, for a loss drop, the mean over its expected value. The intervals of %d of all ratios, "+
		"%s%%, contain 1; if theory is right, 95%% should, on average over studies. Corrected over the "+
		"distinct ones by "+
		"Holm's method, %d differ from theory at the level %s; corrected over all cells, %d do. The widest interval "+
		"of a ratio is ±%s%%.",
		len(cells), len(distinct), len(cells)-len(outside), number.Fixed(100*share, 1),
		len(rejected), number.Brief(level), len(differ), number.Fixed(100*widest, 1))
	f.Text += smallestCell(cells) + sharesByChance + paragraph + quantitiesText(groups)
	f.Text += namedCells("The ratios that differ, corrected over all cells:", differ) +
		namedCells("The ratios whose intervals do not contain 1:", outside)
	if len(r.of(v).schemes) > 1 {
		text, beware := multipliersText(groups)
		f.Text, f.Beware = f.Text+text, beware
	}
	if t := regimesTable(r.of(v)); len(t.Rows) > 0 {
		f.Tables = append(f.Tables, t)
	}
	return f
}

// sharesByChance says what the share of intervals can tell.
const sharesByChance = " More seeds make the intervals narrower. They do not make more of them contain 1: cells of " +
	"one seed deviate together, so a study can fall below nine of ten by chance at any number of seeds, though " +
	"theory is right."

// smallestCell names the cell with the smallest P value, before any correction; empty if there is
// none. Of cells that are one measurement the first is named, whatever rounding does to their P.
func smallestCell(cells []exactCell) string {
	smallest, at := math.Inf(1), -1
	for i, c := range cells {
		if p := c.over.P(1); p < smallest*(1-1e-6) {
			smallest, at = p, i
		}
	}
	if at < 0 {
		return ""
	}
	return fmt.Sprintf(" The smallest p of one cell among all of them, not corrected, is %s: %s, %s.",
		number.Significant(smallest, 2), cells[at].name, intervalText(cells[at].over))
}

// quantitiesText names the quantities that have cells, and says which one has none.
func quantitiesText(groups [][]fit) string {
	var names []string
	for _, s := range metrics.Statistics {
		if slices.ContainsFunc(groups, func(g []fit) bool {
			return slices.ContainsFunc(g, func(f fit) bool { return f.statistic.Name == s.Name })
		}) {
			names = append(names, s.Label)
		}
	}
	return fmt.Sprintf("The quantities are, %d in number: %s. The best multiple of the first step is not among "+
		"them: it "+
		"is a ratio, and the expected value of a ratio is not the ratio of expected values.",
		len(names), strings.Join(names, ", "))
}

// offRatio says how far the farthest of some ratios is from 1.
func offRatio(cells []exactCell) string {
	far := 0.0
	for _, c := range cells {
		far = math.Max(far, math.Abs(c.over.Mean-1))
	}
	return offBy(100*far) + "%"
}

// differingCells are the cells that differ from what is expected, corrected over all of those
// given.
func differingCells(cells []exactCell, level float64) (differ []exactCell) {
	var ps []float64
	for _, c := range cells {
		ps = append(ps, c.over.P(1))
	}
	for i, p := range stats.Holm(ps) {
		if p <= level {
			differ = append(differ, cells[i])
		}
	}
	return differ
}

// namedCells lists cells after some words; empty if there are none, or too many to list.
func namedCells(words string, cells []exactCell) string {
	if len(cells) == 0 || len(cells) > foldedRows {
		return ""
	}
	var all []string
	for _, c := range cells {
		all = append(all, fmt.Sprintf("%s, %s", c.name, intervalText(c.over)))
	}
	return paragraph + words + "\n\n- " + strings.Join(all, "\n- ")
}

// exactCells are all cells that have an expected value, and the distinct ones among them. groups
// are their rows, by measurement.
func exactCells(v View) (groups [][]fit, all, distinct []exactCell) {
	cellsOf := func(f fit) (cells []exactCell) {
		name := f.statistic.Name
		if !f.statistic.Theory.Mean {
			name = "square of " + name
		}
		for _, c := range f.arm.Cells {
			if over := c.OverExpected(f.statistic); over.N >= 3 {
				cells = append(cells, exactCell{fmt.Sprintf("%s: %s at rank %d", f.label, name, c.Rank), over})
			}
		}
		return cells
	}
	var fits []fit
	for i, a := range v.arms {
		for _, statistic := range metrics.Fitted() {
			if statistic.Theory.Ratio() {
				continue // the expectation of a ratio is not the ratio of expectations
			}
			f := fit{label: v.labels[i], arm: a, statistic: statistic}
			if cells := cellsOf(f); len(cells) > 0 {
				fits, all = append(fits, f), append(all, cells...)
			}
		}
	}
	groups = distinctFits(fits)
	for _, g := range groups {
		distinct = append(distinct, cellsOf(g[0])...)
	}
	return groups, all, distinct
}

// multipliersText says how much the ratios of one quantity differ between multipliers in groups of
// one measurement, run by run and on average over seeds; empty if they do not. beware is the same in short.
func multipliersText(groups [][]fit) (text, beware string) {
	run, mean := 0.0, stats.Interval{}
	where, rank, steps := fit{}, 0, ""
	for _, g := range groups {
		for _, f := range g {
			first := slices.IndexFunc(g, f.sameQuantity)
			besides := f.beside(g[first])
			for _, r := range slices.Sorted(maps.Keys(besides)) {
				over := besides[r]
				if m := stats.MeanInterval(over); math.Abs(m.Mean) > math.Abs(mean.Mean) {
					mean, where, rank, steps = m, f, r, stepsText(g, g[first], r)
				}
				for _, v := range over {
					run = math.Max(run, math.Abs(v))
				}
			}
		}
	}
	if run == 0 {
		return "", ""
	}
	beware = fmt.Sprintf(" A test that pairs multipliers by seed is no part of the claim. It finds their ratios up to "+
		"%s%% apart on average (p = %s): not all of them are exactly "+
		"one.", number.Significant(100*math.Abs(mean.Mean), 2),
		number.Significant(mean.P(0), 2))
	return paragraph + fmt.Sprintf("A step is not infinitely small, so the ratio of one quantity differs a little "+
		"between "+
		"multipliers. From the ratio under the first multiplier, that of the same seed and rank differs "+
		"by up to %s%%; on average over seeds, by up to %s%%: %s: %s at rank %d, with p = %s in a t test that pairs "+
		"the two by seed, not corrected. That test is no part of the claim, which tests each cell by itself; if its p "+
		"is small, not all of these ratios are exactly one.%s",
		number.Significant(100*run, 2), number.Significant(100*math.Abs(mean.Mean), 2), where.label,
		where.statistic.Name, rank, number.Significant(mean.P(0), 2), steps), beware
}

// stepsText sets the mean difference of a quantity's ratio from that under the first multiplier beside the
// size of the first step, for all other multipliers at one rank.
func stepsText(group []fit, first fit, rank int) string {
	var all []string
	for _, f := range group {
		over := f.beside(first)[rank]
		if !f.sameQuantity(first) || f.label == first.label || len(over) == 0 {
			continue
		}
		for i := range over {
			over[i] *= 100
		}
		all = append(all, fmt.Sprintf("\n- %s%% at %s (%s)", intervalText(stats.MeanInterval(over)),
			number.Significant(firstUpdate(f.arm, rank)-firstUpdate(first.arm, rank), 2), f.label))
	}
	return fmt.Sprintf(" For that quantity and rank, the mean difference under each other multiplier stands here "+
		"with how much larger the norm of the first weight update is. If the size of the step is the reason, the "+
		"two are in proportion:\n%s", strings.Join(all, ""))
}

// firstUpdate is the mean norm of an arm's first weight update at a rank.
func firstUpdate(a analysis.Arm, rank int) float64 {
	i := slices.IndexFunc(a.Cells, func(c analysis.Cell) bool { return c.Rank == rank })
	return a.Cells[i].Statistic(metrics.DeltaWFirst).Mean
}

// sameQuantity reports whether two fits are of one statistic under one optimizer.
func (f fit) sameQuantity(o fit) bool {
	return f.statistic.Name == o.statistic.Name && f.arm.Optimizer == o.arm.Optimizer
}

// beside is by how much the ratios to what is expected differ from those of another fit, relative
// to them, by rank.
func (f fit) beside(o fit) map[int][]float64 {
	type run struct {
		rank int
		seed uint64
	}
	others, all := make(map[run]float64), make(map[int][]float64)
	for _, x := range o.arm.Ratios(o.statistic) {
		others[run{x.Rank, x.Seed}] = x.Value
	}
	for _, x := range f.arm.Ratios(f.statistic) {
		if by := x.Value/others[run{x.Rank, x.Seed}] - 1; number.Finite(by) {
			all[x.Rank] = append(all[x.Rank], by)
		}
	}
	return all
}
