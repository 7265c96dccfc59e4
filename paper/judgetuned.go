package paper

import (
	"fmt"
	"slices"
	"strings"

	"ranksweep/metrics"
	"ranksweep/metrics/stats"
	"ranksweep/results"
	"ranksweep/theory"
)

// together judges comparisons each by stand, all of which must be seen.
func together(family []duel, stand func(duel) Standing) Finding {
	f := Finding{Standing: Seen}
	for _, d := range family {
		f.Standing = worse(f.Standing, stand(d))
		f.Numbers = append(f.Numbers, d.number())
	}
	return f
}

// schemesEqual holds every scheme to be equivalent to the first one, rank by rank,
// each at its own learning rates.
func schemesEqual(_ Rule, s Study) Finding {
	arms := results.Arms(s.Runs)
	family := slices.DeleteFunc(duelsOf(arms, finalLoss()), func(d duel) bool { return d.family != schemeFamily || d.Same })
	if len(family) == 0 {
		return lacking("two schemes at one rank")
	}
	f := together(family, matches)
	f.Text = ofFull(arms)
	f.Tables = []Table{duelsTable(arms, finalLoss(), family, s.Tuned), ratesTable(arms)}
	return f
}

// ranksGain holds the largest rank of every scheme to end lower than the smallest,
// each at its own learning rates.
func ranksGain(_ Rule, s Study) Finding {
	arms := results.Arms(s.Runs)
	var all, tops []duel
	for _, scheme := range schemes(arms) {
		if family := rankDuels(arms, scheme); len(family) > 0 {
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
	f.Text = capital(strings.Join(said, ". ")) + ". " + ofFull(arms)
	f.Tables = []Table{duelsTable(arms, finalLoss(), all, s.Tuned), ratesTable(arms)}
	return f
}

// ofFull says what full fine-tuning learned, and what share of it each cell did.
func ofFull(arms []results.Arm) string {
	var said []string
	for _, c := range cells(arms) {
		if share, _, ok := learnedShare(arms, c); ok && finite(share) && c.Scheme != fullFineTuning {
			said = append(said, fmt.Sprintf("%s at rank %d %s%%", schemeLabel(c.Scheme), c.Rank, fixed(100*share, 0)))
		}
	}
	if len(said) == 0 {
		return "The study has no full fine-tuning to tell how much was learned."
	}
	return "Of what full fine-tuning learned at its best rate: " + strings.Join(said, ", ") + "." + ownBest(arms)
}

// correctionsWorse holds each correction of A's initialization to end higher than
// rsLoRA at the top rank, each at its own learning rate.
func correctionsWorse(_ Rule, s Study) Finding {
	arms := results.Arms(s.Runs)
	all := contenders(arms)
	top := slices.IndexFunc(all, func(c contender) bool { return c.Scheme == "rslora" && c.Rank == slices.Max(ranks(arms)) })
	if top < 0 {
		return lacking("rsLoRA")
	}
	var family []duel
	for _, c := range all {
		if c.Scaling.Init != 0 && c.Rank == all[top].Rank {
			family = append(family, newDuel(schemeFamily, c, all[top], finalLoss()))
		}
	}
	if len(family) == 0 {
		return lacking("a correction of A's initialization")
	}
	correct(family)
	f := together(family, func(d duel) Standing {
		switch v := d.verdict(); {
		case v.IsHigher(), v == Diverged && d.Reference.Diverged() < len(d.Reference.Runs):
			return Seen
		case v == Diverged && d.Cell.Diverged() < len(d.Cell.Runs):
			return NotSeen // it is rsLoRA that diverged
		case v.IsLower(), v.IsEquivalent():
			return NotSeen
		}
		return Unresolved
	})
	f.Text = "Init = 0.5 has A fall as 1/√r, init = -0.5 has it grow as √r, which keeps what theorem 3.2 holds " +
		"constant at onset, γ²rσ². " + ofFull(arms)
	f.Tables = []Table{duelsTable(arms, finalLoss(), family, s.Tuned), ratesTable(arms)}
	return f
}

// initPowers holds the power of the onset norm to theory, by how A or B is drawn,
// and sets beside it how it scatters over draws.
func initPowers(r Rule, s Study) Finding {
	arms := r.arms(s)
	fits := predictedFits(arms, []metrics.Statistic{metrics.GradNormOnset})
	if len(fits) == 0 {
		return lacking("a power of the onset norm")
	}
	f := heldToTheory(fits, r.limit("tolerance"), r.limit("level"))
	held, all := 0, 0
	var variances []fit
	for _, x := range fits {
		if v, err := x.arm.VarianceExponent(metrics.GradNormOnset); err == nil {
			variances = append(variances, fit{x.label, x.arm, metrics.GradNormOnset, v})
		}
	}
	for _, g := range distinctFits(variances) {
		all++
		if g[0].Low <= g[0].Predicted && g[0].Predicted <= g[0].High {
			held++
		}
	}
	f.Text += fmt.Sprintf(" Over draws, theory has the variance of its square fall as r to the power of %g "+
		"where rows of A, or columns of B, are independent: "+
		"%d of %d distinct intervals hold that. Of orthogonal ones it has no "+
		"value.", theory.OnsetVariancePower, held, all)
	f.Tables = []Table{initsTable(arms)}
	return f
}

// initsTable has the onset norm's power and scatter, a row a way to draw.
func initsTable(arms []results.Arm) Table {
	t := Table{Name: "inits", Title: "Onset gradient norms by how A or B is drawn: mean ± half of its 95% interval"}
	addSettings(&t, arms, func(results.Arm) int { return 1 })
	var fits, theory, exact, scatter, said []Entry
	var over []stats.Interval
	for _, a := range arms {
		e, _ := a.Exponent(metrics.GradNormOnset)
		variance := word("")
		if v, err := a.VarianceExponent(metrics.GradNormOnset); err == nil {
			variance = word(exponentText(v))
		}
		fits, theory = append(fits, word(exponentText(e))), append(theory, word(number(e.Predicted)))
		exact = append(exact, word(fixedOrNone(e.Exact)))
		scatter, said = append(scatter, variance), append(said, word(e.Agreement(near).String()))
		over = append(over, a.Cells[len(a.Cells)-1].OverExpected(metrics.GradNormOnset))
	}
	t.add(Column{Head: "power of rank", Number: true}, fits)
	t.add(Column{Head: "theory", Number: true}, theory)
	t.add(Column{Head: "exact", Number: true}, exact)
	t.add(intervalColumn("square over its expectation, largest rank", "over", over))
	t.add(Column{Head: "power of rank of its variance", Number: true}, scatter)
	t.add(Column{Head: "verdict"}, said)
	return t
}

// initLosses holds kinds of init that have one variance to end at equivalent
// losses, rank by rank, each at its own learning rate.
func initLosses(_ Rule, s Study) Finding {
	arms := results.Arms(s.Runs)
	kind := func(c contender) string { return results.ValueOf(c.Axes, "init") }
	all := contenders(arms)
	var family []duel
	var names []string
	for _, c := range all {
		i := slices.IndexFunc(all, func(o contender) bool {
			return kind(o) == "kaiming-uniform" && o.Scheme == c.Scheme && o.Rank == c.Rank
		})
		if i >= 0 && kind(c) != kind(all[i]) {
			family = append(family, newDuel(initFamily, c, all[i], finalLoss()))
			names = append(names, fmt.Sprintf("%s - %s, rank %d", kind(c), kind(all[i]), c.Rank))
		}
	}
	if len(family) == 0 {
		return lacking("two kinds of init at one rank")
	}
	correct(family)
	f := together(family, matches)
	table := duelsTable(arms, finalLoss(), family, s.Tuned)
	for k, name := range names {
		table.Rows[k].Entries[1].Text = name
		f.Numbers[k].Name = "difference of losses, " + name
	}
	f.Text = ofFull(arms)
	f.Tables = []Table{table}
	return f
}

// ratesTable has the learning rates that were chosen, a row a scheme and a column
// a rank.
func ratesTable(arms []results.Arm) Table {
	t := Table{Name: "rates", Title: "Learning rates that were chosen"}
	if localAxis(arms) == "lr" {
		t.Title = "Best learning rates: geometric mean over seeds, and their range"
	}
	addSettings(&t, arms, func(results.Arm) int { return 1 })
	for _, rank := range ranks(arms) {
		head := fmt.Sprintf("rank %d", rank)
		if rank == 0 {
			head = "no rank"
		}
		rates := make([]Entry, len(arms))
		for i, a := range arms {
			for _, c := range a.Cells {
				if c.Rank == rank {
					rates[i] = rateEntry(c)
				}
			}
		}
		var fields []string
		for _, name := range tunedFields(arms, "lr") {
			fields = append(fields, fmt.Sprintf("%s_%d", name, rank))
		}
		t.add(Column{Head: head, Fields: fields, Number: true}, rates)
	}
	return t
}
