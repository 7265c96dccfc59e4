package paper

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"ranksweep/analysis"
	"ranksweep/grid"
	"ranksweep/metrics"
	"ranksweep/metrics/stats"
	"ranksweep/paper/number"
	"ranksweep/paper/table"
	"ranksweep/theory"
)

// together judges a claim that every comparison must bear out, each judged by stand. The finding is
// off by the largest difference that does not.
func together(family []comparison, stand func(comparison) Standing) Finding {
	f := Finding{Standing: Seen}
	far, lacking := 0.0, []string(nil)
	for _, d := range family {
		stands := stand(d)
		f.Standing = worse(f.Standing, stands)
		if share := math.Abs(d.share()); stands == NotSeen && share > far {
			far, f.Off = share, d.off()
		}
		if stands != Seen {
			lacking = append(lacking, d.lack())
		}
		f.Numbers = append(f.Numbers, d.number())
	}
	if len(lacking) > 0 {
		f.Lacks = fmt.Sprintf("%d of %d comparisons bear the claim out. Not so: %s.", len(family)-len(lacking),
			len(family), strings.Join(lacking, "; "))
	}
	return f
}

// separateText says how many of the differences that should be within the margin are shown to be other
// than 0; empty if none is.
func separateText(family []comparison) string {
	apart, shown := 0, 0
	for _, d := range family {
		if d.Difference.Low > 0 || d.Difference.High < 0 {
			apart++
		}
		if v := d.verdict(); v.IsLower() || v.IsHigher() {
			shown++
		}
	}
	if apart == 0 {
		return ""
	}
	return fmt.Sprintf(" The intervals of %d of %d differences do not contain 0, and %d are shown by Holm's p: "+
		"these losses differ, whether or not the margin holds the difference.", apart, len(family), shown)
}

// edgesText names the cells of comparisons in which the best value of some seeds lies at an edge of the
// local grid; empty if there are none.
func edgesText(family []comparison) string {
	var all []string
	for _, d := range family {
		for _, c := range []analysis.Cell{d.Cell, d.Reference} {
			text := fmt.Sprintf("rank %d: %s (%d of %d)", c.Rank, d.name(c), c.LocalEdges(), len(c.Runs))
			if c.LocalEdges() > 0 && !slices.Contains(all, text) {
				all = append(all, text)
			}
		}
	}
	if len(all) == 0 {
		return ""
	}
	return fmt.Sprintf(" The best learning rates of some seeds lie at an edge of their local grid, beyond which lower "+
		"losses may lie: %s.", strings.Join(all, "; "))
}

// lack names a comparison that does not bear a claim out, with what a reader needs to doubt it.
func (d comparison) lack() string {
	var doubts []string
	if number.Finite(d.equivalence) {
		doubts = append(doubts, "p within the margin is "+probability(d.equivalence).Text)
	}
	for _, c := range []analysis.Cell{d.Cell, d.Reference} {
		if edges := localEdges(c); edges != "" {
			doubts = append(doubts, "under "+d.name(c)+", "+edges)
		}
	}
	if len(doubts) == 0 {
		return d.settings()
	}
	return fmt.Sprintf("%s (%s)", d.settings(), strings.Join(doubts, "; "))
}

// schemesEqual judges the claim that every scheme is equivalent to the first one, rank by
// rank, each at its own learning rates.
func schemesEqual(_ Rule, v View) Finding {
	family := slices.DeleteFunc(comparisonsOf(v, metrics.ValLossFinal), func(d comparison) bool {
		return d.family != schemeFamily || d.Same
	})
	if len(family) == 0 {
		return lacking("two schemes at one rank")
	}
	return allMatch(v, family, ratesTable(v))
}

// allMatch judges the claim that the two settings of each tuned comparison are equivalent. rest stands below the table
// of comparisons.
func allMatch(v View, family []comparison, rest table.Table) Finding {
	f := together(family, matches)
	f.Beware = separateText(family) + edgesText(family)
	f.Text = strings.TrimSpace(f.Lacks+f.Beware+withoutEdges(family)) + paragraph + ofFull(v)
	f.Tables = []table.Table{comparisonsTable(v, metrics.ValLossFinal, family), rest}
	return f
}

// ranksGain judges the claim that the largest rank of every scheme ends lower than the
// smallest, each at its own learning rates.
func ranksGain(_ Rule, v View) Finding {
	var all, tops []comparison
	for _, scheme := range v.schemes {
		if family := rankComparisons(v, scheme); len(family) > 0 {
			all, tops = append(all, family...), append(tops, family[len(family)-1])
		}
	}
	if len(tops) == 0 {
		return lacking("two ranks of a scheme")
	}
	correct(tops)
	correct(all)
	f := together(tops, gains)
	var said []string
	for _, d := range tops {
		said = append(said, d.text())
	}
	f.Shares = sharesOf(tops...)
	f.Beware = tops[0].runCosts() + edgesText(tops)
	f.Text = "The largest rank against the smallest, scheme by " +
		"scheme:" + listText(said) + paragraph + strings.TrimSpace(f.Beware+withoutEdges(tops)+" "+ofFull(v))
	f.Tables = []table.Table{comparisonsTable(v, metrics.ValLossFinal, all), ratesTable(v)}
	return f
}

// ofFull says which share of what full fine-tuning learned each cell learned.
func ofFull(v View) string {
	var said []string
	for _, a := range v.arms {
		var shares []string
		for _, c := range a.Cells {
			if share, _, ok := learnedShare(v, c); ok && number.Finite(share) && c.Ranked() {
				shares = append(shares, fmt.Sprintf("rank %d %s%%", c.Rank, number.Fixed(100*share, 0)))
			}
		}
		if len(shares) > 0 {
			said = append(said, methodLabel(a.Cells[0].Setting)+": "+strings.Join(shares, ", "))
		}
	}
	if len(said) == 0 {
		return noFull
	}
	return "Share of what full fine-tuning learned at its best learning rate: " + strings.Join(said, "; ") + "." +
		ownBest(v)
}

// correctionsWorse judges the claim that each correction of A's initialization ends higher
// than rsLoRA at the top rank, each at its own learning rate.
func correctionsWorse(_ Rule, v View) Finding {
	all := v.armCells()
	top := slices.IndexFunc(all, func(c armCell) bool {
		return c.Scheme == "rslora" && c.Rank == slices.Max(v.ranks)
	})
	if top < 0 {
		return lacking("rsLoRA")
	}
	var family []comparison
	for _, c := range all {
		if c.Powers.Init != 0 && c.Rank == all[top].Rank {
			family = append(family, newComparison(schemeFamily, c, all[top], metrics.ValLossFinal))
		}
	}
	if len(family) == 0 {
		return lacking("a correction of A's initialization")
	}
	correct(family)
	f := together(family, func(d comparison) Standing {
		switch v := d.verdict(); {
		case v.IsHigher(), v == Diverged && d.Reference.Diverged() < len(d.Reference.Runs):
			return Seen
		case v == Diverged && d.Cell.Diverged() < len(d.Cell.Runs):
			return NotSeen // only rsLoRA diverged
		case v.IsLower(), v.IsEquivalent():
			return NotSeen
		}
		return Unresolved
	})
	f.Beware = littleText(family) + edgesText(family)
	f.Text = "Init = 0.5 makes A fall as 1/√r. Init = -0.5 makes it grow as √r, which keeps constant what theorem " +
		"3.2 asks to be constant at the onset, γ²rσ²." + f.Beware + withoutEdges(family) + paragraph + ofFull(v)
	f.Tables = []table.Table{comparisonsTable(v, metrics.ValLossFinal, family), ratesTable(v)}
	return f
}

// littleText names the comparisons whose difference is shown, but lies within the margin; empty if
// there are none.
func littleText(family []comparison) string {
	var little []string
	for _, d := range family {
		if v := d.verdict(); v == HigherWithinMargin || v == LowerWithinMargin {
			little = append(little, d.settings())
		}
	}
	if len(little) == 0 {
		return ""
	}
	return fmt.Sprintf(" This difference is shown, but lies within the margin: %s. By an earlier rule, which is in "+
		"the "+
		"ledger, such a difference did not count as higher; by that one the claim would be *not seen*.",
		strings.Join(little, "; "))
}

// initPowers compares the power of rank of the onset norm with theory, for each way to draw A
// or B. Beside it stands how the norm scatters over draws.
func initPowers(r Rule, v View) Finding {
	v = r.of(v)
	fits := predictedFits(v, []metrics.Statistic{metrics.GradNormOnset})
	if len(fits) == 0 {
		return lacking("a power of the onset norm")
	}
	f := heldToTheory(fits, r.limit("tolerance"), r.limit("level"))
	held, all := 0, 0
	var variances []fit
	for _, x := range fits {
		if v, err := x.arm.VarianceExponent(metrics.GradNormOnset); err == nil {
			variances = append(variances, fit{arm: x.arm, statistic: x.statistic, Exponent: v})
		}
	}
	for _, g := range distinctFits(variances) {
		all++
		if g[0].Low <= g[0].Predicted && g[0].Predicted <= g[0].High {
			held++
		}
	}
	f.Text += fmt.Sprintf(" Theory also says how much the squared norm varies from draw to draw: its variance "+
		"falls as r to the power of %s if rows of A, or columns of B, are independent. %d of %d distinct intervals "+
		"contain that power. For orthogonal rows theory says nothing.", number.Brief(theory.OnsetVariancePower), held,
		all)
	f.Tables = []table.Table{initsTable(v)}
	return f
}

// initsTable has the onset norm's power of rank and scatter, with a row for each way to draw.
func initsTable(v View) table.Table {
	t := table.Table{Name: "inits", Title: "Gradient norm at the onset, by how A or B is drawn: power of rank, and " +
		"mean ± half of its 95% interval"}
	addTraits(&t, v, func(analysis.Arm) int { return 1 })
	table.Fill(&t, newFits(v, []metrics.Statistic{metrics.GradNormOnset}),
		table.Numbers("power of rank", fit.fitted),
		table.Numbers("predicted power", fit.predicted),
		table.Numbers("exact theory", func(x fit) table.Entry {
			return table.Exact(x.exactText(), x.Exact)
		}),
		table.Intervals("squared norm over its expected value, at the largest rank", "", "over",
			func(x fit) stats.Interval { return x.arm.Cells[len(x.arm.Cells)-1].OverExpected(x.statistic) }),
		table.Numbers("power of rank of the squared norm's variance", func(x fit) table.Entry {
			e, _ := x.arm.VarianceExponent(x.statistic)
			return table.Exact(exponentText(e), e.Value)
		}),
		table.Words("verdict", func(x fit) string { return x.Agreement(near).String() }),
	)
	return t
}

// initLosses judges the claim that kinds of init with the same variance end at equivalent
// losses, rank by rank, each at its own learning rate.
func initLosses(_ Rule, v View) Finding {
	family, names := initComparisons(v)
	if len(family) == 0 {
		return lacking("two kinds of init at one rank")
	}
	f := together(family, matches)
	t := comparisonsTable(v, metrics.ValLossFinal, family)
	for k, name := range names {
		t.Rows[k].Entries[1].Text = name[0]
		f.Numbers[k].Name = "difference of losses, " + name[1]
	}
	f.Beware = separateText(family) + edgesText(family)
	f.Text = strings.TrimSpace(f.Beware + " " + ofFull(v))
	f.Tables = []table.Table{t}
	return f
}

// initComparisons compares kinds of initialization with PyTorch's default, rank by rank. names are what the table
// and history.csv call each.
func initComparisons(v View) (family []comparison, names [][2]string) {
	kind := func(c armCell) string { return grid.ValueOf(c.Axes, "init") }
	all := v.armCells()
	for _, c := range all {
		i := slices.IndexFunc(all, func(o armCell) bool {
			return kind(o) == "kaiming-uniform" && o.Scheme == c.Scheme && o.Rank == c.Rank
		})
		if i >= 0 && kind(c) != kind(all[i]) {
			family = append(family, newComparison(initFamily, c, all[i], metrics.ValLossFinal))
			names = append(names, [2]string{
				fmt.Sprintf("rank %d: %s vs %s", c.Rank, kind(c), kind(all[i])),
				fmt.Sprintf("%s - %s, rank %d", kind(c), kind(all[i]), c.Rank),
			})
		}
	}
	correct(family)
	return family, names
}

// ratesTable has the learning rates that were chosen, with a row for each scheme and a column
// for each rank.
func ratesTable(v View) table.Table {
	t := table.Table{Name: "rates", Title: "Learning rates that were chosen"}
	if localAxis(v) == "lr" {
		t.Title = "Best learning rates: geometric mean over seeds [lowest, highest]"
	}
	addTraits(&t, v, func(analysis.Arm) int { return 1 })
	for _, rank := range v.ranks {
		head := fmt.Sprintf("rank %d", rank)
		if rank == 0 {
			head = "no rank"
		}
		var fields []string
		for _, name := range tunedFields(v, "lr") {
			fields = append(fields, fmt.Sprintf("%s_%d", name, rank))
		}
		table.Fill(&t, v.arms, table.Numbers(head, func(a analysis.Arm) table.Entry {
			i := slices.IndexFunc(a.Cells, func(c analysis.Cell) bool { return c.Rank == rank })
			if i < 0 {
				return table.Entry{}
			}
			return rateEntry(a.Cells)(a.Cells[i])
		}, fields...))
	}
	return t
}
