package paper

import (
	"fmt"
	"math"
	"slices"

	"ranksweep/analysis"
	"ranksweep/metrics"
	"ranksweep/metrics/stats"
	"ranksweep/paper/number"
	"ranksweep/paper/table"
)

// rankComparisons compares the ranks of a scheme with its smallest, by rising rank. P values are
// corrected over these comparisons.
func rankComparisons(v View, scheme string) (family []comparison) {
	for _, d := range comparisonsOf(v, metrics.ValLossFinal) {
		if d.family == rankFamily && d.Cell.Scheme == scheme {
			family = append(family, d)
		}
	}
	slices.SortFunc(family, func(a, b comparison) int { return a.Cell.Rank - b.Cell.Rank })
	correct(family)
	return family
}

// number is the comparison as a number that a standing rests on, in the unit of the loss.
// history.csv knows it by this name, which never changes.
func (d comparison) number() Number {
	name := fmt.Sprintf("%s - %s, rank %d", schemeLabel(d.Cell.Scheme), schemeLabel(d.Reference.Scheme), d.Cell.Rank)
	switch d.family {
	case methodFamily:
		name = d.withRanks(" - ")
	case rankFamily:
		name = fmt.Sprintf("rank %d - %d, %s", d.Cell.Rank, d.Reference.Rank, schemeLabel(d.Cell.Scheme))
	}
	return Number{"difference of losses, " + name, d.Difference.Mean, d.Difference.Low, d.Difference.High}
}

// text writes a comparison with everything that a reader needs to doubt it.
func (d comparison) text() string {
	if d.Difference.N < 2 {
		diverged := d.Cell.Diverged() + d.Reference.Diverged()
		return fmt.Sprintf("%s: %s (%d runs diverged)", d.settings(), d.verdict(), diverged)
	}
	part := func(v float64) string { return number.Fixed(100*v/d.ReferenceMean, 2) }
	text := fmt.Sprintf("%s. The final loss differs by %s%% [%s, %s]%% of the reference's loss",
		d.settings(), part(d.Difference.Mean), part(d.Difference.Low), part(d.Difference.High))
	if share := d.share(); !math.IsNaN(share) {
		text += fmt.Sprintf(", which is %s%% of what the reference learned", number.Fixed(100*share, 1))
	}
	text += fmt.Sprintf(" (n = %d, Holm's p = %s over the %d tests of the claim): %s",
		d.Difference.N, probability(d.holm).Text, d.tests, d.verdict())
	if n := d.Cell.Diverged() + d.Reference.Diverged(); n > 0 {
		text += fmt.Sprintf(" (%d runs diverged)", n)
	}
	return text
}

// gains judges the claim that the first of two losses is lower.
func gains(d comparison) Standing {
	switch v := d.verdict(); {
	case v.IsLower():
		return Seen
	case v.IsHigher(), v == Equivalent:
		return NotSeen
	}
	return Unresolved
}

// gainsLittle judges the claim that the first loss is not lower by as much as the margin.
func gainsLittle(d comparison) Standing {
	switch v := d.verdict(); {
	case v.IsHigher(), v.IsEquivalent():
		return Seen
	case v == Lower && d.exceeds():
		return NotSeen
	}
	return Unresolved
}

// matches judges the claim that two losses are the same to within the margin.
func matches(d comparison) Standing {
	switch v := d.verdict(); {
	case v == Twins, v.IsEquivalent():
		return Seen
	case d.exceeds():
		return NotSeen
	}
	return Unresolved
}

// exceeds reports whether the difference is shown to be larger than the margin. It is not
// enough that it was not shown to be smaller.
func (d comparison) exceeds() bool { return d.beyond <= level }

// What a rule on two losses can want.
const (
	wantsLower   = "lower"      // the first is lower
	wantsNoGain  = "no gain"    // the first is not lower by as much as the margin
	tableOfRates = "best-rates" // the table of learning rates that were chosen
)

// rankGain compares the largest rank of a scheme with its smallest at one learning rate.
// There is no verdict if the scheme learned too small a share of what full fine-tuning
// learned at its best rate.
func rankGain(r Rule, v View) Finding {
	comparisons := rankComparisons(v, r.Schemes[0])
	if len(comparisons) == 0 {
		return lacking("two ranks of " + schemeLabel(r.Schemes[0]))
	}
	top := comparisons[len(comparisons)-1]
	stand := gains
	if r.Wants == wantsNoGain {
		stand = gainsLittle
	}
	f := Finding{Standing: stand(top), Off: top.off(), Text: top.text() + ".", Numbers: []Number{top.number()},
		Shares: sharesOf(top)}
	if share, rate, ok := learnedShare(v, top.Reference); !ok {
		f.Standing, f.Text = Unresolved, f.Text+" "+noFull
	} else {
		f.Text += fmt.Sprintf(" At rank %d the scheme learned %s%% of what full fine-tuning learned at its best "+
			"learning rate, %s.", top.Reference.Rank, number.Fixed(100*share, 0), number.Brief(rate))
		f.Numbers = append(f.Numbers, Number{"share of what full fine-tuning learned", share, math.NaN(), math.NaN()})
		if share < r.limit("least-learned") {
			f.Standing = Unresolved
			f.Text += fmt.Sprintf(" That is less than the %s%% that a verdict needs.",
				number.Brief(100*r.limit("least-learned")))
		}
	}
	f.Beware = top.runCosts()
	f.Text += f.Beware
	f.Tables = []table.Table{comparisonsTable(v, metrics.ValLossFinal, comparisons)}
	return f
}

// noFull is said of a study without full fine-tuning.
const noFull = "The study has no full fine-tuning, so it does not say what share of that was learned."

// learnedShare is what a cell learned divided by what full fine-tuning learned at its best
// rate, and that rate.
func learnedShare(v View, c analysis.Cell) (share, rate float64, ok bool) {
	most := 0.0
	for _, a := range v.arms {
		if !a.Ranked() {
			for _, full := range a.Cells {
				if v := full.Learned(); v > most && full.Diverged() == 0 {
					most, rate = v, full.LR
				}
			}
		}
	}
	return c.Learned() / most, rate, most > 0
}

// costGain compares the largest rank of a scheme with its smallest. Both take the same
// amount of computation, and each has its own learning rate.
func costGain(r Rule, v View) Finding {
	comparisons := rankComparisons(v, r.Schemes[0])
	if len(comparisons) == 0 {
		return lacking("two ranks of " + schemeLabel(r.Schemes[0]))
	}
	top := comparisons[len(comparisons)-1]
	f := Finding{Standing: gains(top), Off: top.off(), Text: top.text() + ".", Numbers: []Number{top.number()},
		Shares: sharesOf(top)}
	f.Beware = top.stepCosts() + top.insideText()
	f.Text += " " + f.Beware + " The losses in the table of costs have intervals over seeds, which leave out the " +
		"error " +
		"from validation; those of differences have it."
	cheap, dear := top.Reference.Flops, top.Cell.Flops
	if off := math.Abs(dear/cheap - 1); !(off <= r.limit("cost")) {
		f.Standing = Unresolved
		f.Text += fmt.Sprintf(" The costs are %s%% apart, so this is no comparison at equal cost.",
			number.Fixed(100*off, 0))
	}
	f.Tables = []table.Table{costsTable(v), comparisonsTable(v, metrics.ValLossFinal, comparisons)}
	return f
}

// costsTable has the cost of each cell, counted from shapes, and its loss.
func costsTable(v View) table.Table {
	t := table.Table{Name: "costs", Title: "Cost of each setting, counted from shapes, and its final loss: mean ± " +
		"half of its 95% interval"}
	addTraits(&t, v, func(a analysis.Arm) int { return len(a.Cells) })
	size := func(v, unit float64) table.Entry { return table.Exact(number.Significant(v/unit, 3), v) }
	loss := metrics.ValLossFinal
	table.Fill(&t, v.cells,
		table.Numbers("rank", rankEntry, "rank"),
		table.Numbers("steps run", func(c analysis.Cell) int { return c.Runs[0].Steps }, "steps"),
		table.Numbers("learning rate", func(c analysis.Cell) table.Entry { return size(c.LR, 1) }, "lr"),
		table.Numbers("training cost, factored form (TFLOP)", func(c analysis.Cell) table.Entry {
			return size(c.FactoredFlops, 1e12)
		}, "factored"),
		table.Numbers("training cost, cheaper form (TFLOP)", func(c analysis.Cell) table.Entry {
			return size(c.Flops, 1e12)
		}, "cheaper"),
		table.Numbers("memory beside the base model (MiB)", func(c analysis.Cell) table.Entry {
			return size(float64(c.Bytes), 1<<20)
		}, "memory"),
		table.Intervals(loss.Label, loss.Unit, loss.Name, func(c analysis.Cell) stats.Interval {
			return c.Statistic(loss)
		}),
	)
	return t
}

// defaultRate compares rsLoRA at the default rate with LoRA at the best of its rates, which
// is chosen on the same seeds.
func defaultRate(_ Rule, v View) Finding {
	loss := metrics.ValLossFinal
	var reference analysis.Cell
	var others []analysis.Cell
	var trials []stats.Trial
	for _, c := range v.cells {
		if c.Scheme == "rslora" {
			reference = c
			continue
		}
		t := stats.Trial{Rate: c.LR, Loss: c.Statistic(loss).Mean}
		if c.Diverged() > 0 {
			t.Loss = math.Inf(1)
		}
		others, trials = append(others, c), append(trials, t)
	}
	i, atEdge := stats.Lowest(trials)
	if i < 0 || len(reference.Runs) == 0 {
		return lacking("LoRA or rsLoRA")
	}
	best, edge := others[i], ""
	if atEdge {
		edge = ", which lies at the edge of those tried"
	}
	family := []comparison{newComparison(schemeFamily, armCell{Cell: reference}, armCell{Cell: best}, loss)}
	correct(family)
	d := family[0]
	two := func(v float64) string { return number.Significant(v, 2) }
	text := fmt.Sprintf("rsLoRA at rank %d with rate %s ends at %s nats/token. LoRA at rank %d with the best of %d "+
		"rates, %s%s, ends at %s nats/token; that rate was chosen on the same seeds, which favours LoRA.",
		reference.Rank, number.Brief(reference.LR), intervalText(reference.Statistic(loss)),
		best.Rank, len(trials), number.Brief(best.LR), edge, intervalText(best.Statistic(loss)))
	text += fmt.Sprintf(" Both ± are over seeds and leave out the error from validation, which the interval of the "+
		"difference has. The difference is %s [%s, %s] nats/token (n = %d, p = %s): %s.",
		two(d.Difference.Mean), two(d.Difference.Low), two(d.Difference.High),
		d.Difference.N, probability(d.holm).Text, d.verdict())
	beware := fmt.Sprintf("LoRA's best rate is %s times the one of rsLoRA, which was not tuned.",
		number.Significant(best.LR/reference.LR, 3))
	return Finding{Standing: gains(d), Off: d.off(), Numbers: []Number{d.number()}, Text: text + " " + beware,
		Beware: beware}
}
