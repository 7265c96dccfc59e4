package paper

import (
	"fmt"
	"slices"
	"strings"

	"ranksweep/metrics"
	"ranksweep/metrics/stats"
	"ranksweep/paper/number"
	"ranksweep/paper/table"
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
func schemesEqual(_ Rule, v View) Finding {
	family := slices.DeleteFunc(duelsOf(v, metrics.ValLossFinal), func(d duel) bool { return d.family != schemeFamily || d.Same })
	if len(family) == 0 {
		return lacking("two schemes at one rank")
	}
	f := together(family, matches)
	f.Text = ofFull(v)
	f.Tables = []table.Table{duelsTable(v, metrics.ValLossFinal, family), ratesTable(v)}
	return f
}

// ranksGain holds the largest rank of every scheme to end lower than the smallest,
// each at its own learning rates.
func ranksGain(_ Rule, v View) Finding {
	var all, tops []duel
	for _, scheme := range v.schemes {
		if family := rankDuels(v, scheme); len(family) > 0 {
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
	f.Text = capital(strings.Join(said, ". ")) + ". " + ofFull(v)
	f.Tables = []table.Table{duelsTable(v, metrics.ValLossFinal, all), ratesTable(v)}
	return f
}

// ofFull says what full fine-tuning learned, and what share of it each cell did.
func ofFull(v View) string {
	var said []string
	for _, c := range v.cells {
		if share, _, ok := learnedShare(v, c); ok && number.Finite(share) && c.Ranked() {
			said = append(said, fmt.Sprintf("%s at rank %d %s%%", schemeLabel(c.Scheme), c.Rank, number.Fixed(100*share, 0)))
		}
	}
	if len(said) == 0 {
		return "The study has no full fine-tuning to tell how much was learned."
	}
	return "Of what full fine-tuning learned at its best rate: " + strings.Join(said, ", ") + "." + ownBest(v)
}

// correctionsWorse holds each correction of A's initialization to end higher than
// rsLoRA at the top rank, each at its own learning rate.
func correctionsWorse(_ Rule, v View) Finding {
	all := v.contenders()
	top := slices.IndexFunc(all, func(c contender) bool { return c.Scheme == "rslora" && c.Rank == slices.Max(v.ranks) })
	if top < 0 {
		return lacking("rsLoRA")
	}
	var family []duel
	for _, c := range all {
		if c.Scaling.Init != 0 && c.Rank == all[top].Rank {
			family = append(family, newDuel(schemeFamily, c, all[top], metrics.ValLossFinal))
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
		"constant at onset, γ²rσ². " + ofFull(v)
	f.Tables = []table.Table{duelsTable(v, metrics.ValLossFinal, family), ratesTable(v)}
	return f
}

// initPowers holds the power of the onset norm to theory, by how A or B is drawn,
// and sets beside it how it scatters over draws.
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
	f.Tables = []table.Table{initsTable(v)}
	return f
}

// initsTable has the onset norm's power and scatter, a row a way to draw.
func initsTable(v View) table.Table {
	t := table.Table{Name: "inits", Title: "Onset gradient norms by how A or B is drawn: mean ± half of its 95% interval"}
	addSettings(&t, v, func(results.Arm) int { return 1 })
	var fits, theory, exact, scatter, said []table.Entry
	var over []stats.Interval
	for _, a := range v.arms {
		e, _ := a.Exponent(metrics.GradNormOnset)
		variance := table.Word("")
		if v, err := a.VarianceExponent(metrics.GradNormOnset); err == nil {
			variance = table.Word(exponentText(v))
		}
		fits, theory = append(fits, table.Word(exponentText(e))), append(theory, table.Word(number.Brief(e.Predicted)))
		exact = append(exact, table.Word(fixedOrNone(e.Exact)))
		scatter, said = append(scatter, variance), append(said, table.Word(e.Agreement(near).String()))
		over = append(over, a.Cells[len(a.Cells)-1].OverExpected(metrics.GradNormOnset))
	}
	t.Add(table.Column{Head: "power of rank", Number: true}, fits)
	t.Add(table.Column{Head: "theory", Number: true}, theory)
	t.Add(table.Column{Head: "exact", Number: true}, exact)
	t.Add(table.Intervals("square over its expectation, largest rank", "over", over))
	t.Add(table.Column{Head: "power of rank of its variance", Number: true}, scatter)
	t.Add(table.Column{Head: "verdict"}, said)
	return t
}

// initLosses holds kinds of init that have one variance to end at equivalent
// losses, rank by rank, each at its own learning rate.
func initLosses(_ Rule, v View) Finding {
	kind := func(c contender) string { return results.ValueOf(c.Axes, "init") }
	all := v.contenders()
	var family []duel
	var names []string
	for _, c := range all {
		i := slices.IndexFunc(all, func(o contender) bool {
			return kind(o) == "kaiming-uniform" && o.Scheme == c.Scheme && o.Rank == c.Rank
		})
		if i >= 0 && kind(c) != kind(all[i]) {
			family = append(family, newDuel(initFamily, c, all[i], metrics.ValLossFinal))
			names = append(names, fmt.Sprintf("%s - %s, rank %d", kind(c), kind(all[i]), c.Rank))
		}
	}
	if len(family) == 0 {
		return lacking("two kinds of init at one rank")
	}
	correct(family)
	f := together(family, matches)
	t := duelsTable(v, metrics.ValLossFinal, family)
	for k, name := range names {
		t.Rows[k].Entries[1].Text = name
		f.Numbers[k].Name = "difference of losses, " + name
	}
	f.Text = ofFull(v)
	f.Tables = []table.Table{t}
	return f
}

// ratesTable has the learning rates that were chosen, a row a scheme and a column
// a rank.
func ratesTable(v View) table.Table {
	t := table.Table{Name: "rates", Title: "Learning rates that were chosen"}
	if localAxis(v) == "lr" {
		t.Title = "Best learning rates: geometric mean over seeds, and their range"
	}
	addSettings(&t, v, func(results.Arm) int { return 1 })
	for _, rank := range v.ranks {
		head := fmt.Sprintf("rank %d", rank)
		if rank == 0 {
			head = "no rank"
		}
		rates := make([]table.Entry, len(v.arms))
		for i, a := range v.arms {
			for _, c := range a.Cells {
				if c.Rank == rank {
					rates[i] = rateEntry(c)
				}
			}
		}
		var fields []string
		for _, name := range tunedFields(v, "lr") {
			fields = append(fields, fmt.Sprintf("%s_%d", name, rank))
		}
		t.Add(table.Column{Head: head, Fields: fields, Number: true}, rates)
	}
	return t
}
