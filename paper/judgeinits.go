package paper

import (
	"fmt"
	"slices"

	"ranksweep/metrics"
	"ranksweep/results"
)

// inits holds the power of the onset norm to theory, by how A or B is drawn, and
// sets beside it the scatter over draws and, at the largest rank, the loss.
func inits(s Study) Finding {
	arms := results.Arms(s.Runs)
	loss, _ := metrics.StatisticNamed("val_loss")
	t := Table{Name: "inits", Title: "Onset gradient norms by how A or B is drawn, and losses at the largest rank: mean ± half of its 95% interval"}
	addSettings(&t, arms, func(results.Arm) int { return 1 })
	var fits, theory, scatter, said []Entry
	var agreeing []metrics.Agreement
	var over, losses []metrics.Interval
	held, all := 0, 0
	for _, a := range arms {
		e, err := a.Exponent(metrics.GradNormOnset)
		if err != nil {
			return Finding{Standing: Unresolved, Text: noFit(err) + "."}
		}
		last := a.Cells[len(a.Cells)-1]
		fits, theory = append(fits, word(exponentText(e))), append(theory, word(number(e.Predicted)))
		over, losses = append(over, last.OverExpected(metrics.GradNormOnset)), append(losses, last.Statistic(loss))
		variance := word("")
		if v, err := a.VarianceExponent(metrics.GradNormOnset); err == nil {
			variance = word(exponentText(v))
			all++
			if v.Low <= v.Predicted && v.Predicted <= v.High {
				held++
			}
		}
		v := e.Agreement(near)
		scatter, agreeing, said = append(scatter, variance), append(agreeing, v), append(said, word(v.String()))
	}
	t.add(Column{Head: "power of rank", Number: true}, fits)
	t.add(Column{Head: "theory", Number: true}, theory)
	t.add(intervalColumn("square over its expectation", "over", over))
	t.add(Column{Head: "power of rank of its variance", Number: true}, scatter)
	t.add(intervalColumn(loss.Label, loss.Name, losses))
	t.add(Column{Head: "verdict"}, said)
	f := Finding{
		Standing: judged(agreeing),
		Text: fmt.Sprintf("Every power of rank of the onset norm must agree with theory, and kinds of one variance must end at equivalent losses. Over draws, theory has the variance of its square fall as r to the power of %g "+
			"where rows of A, or columns of B, are independent: %d of %d intervals hold that. Of orthogonal ones it has no value.", metrics.OnsetVariancePower, held, all),
		Tables: []Table{t},
	}
	duels, kinds := initDuels(s)
	for _, d := range duels {
		if results.ValueOf(d.Cell.Axes, "init") != "peft-gaussian" { // whose variance is another
			f.Standing = worse(f.Standing, matches(d))
		}
	}
	if len(duels) > 0 {
		f.Tables = append(f.Tables, kinds)
	}
	return f
}

// initDuels compare the losses of kinds of init with that of PyTorch's, at the
// largest rank, under rsLoRA.
func initDuels(s Study) (family []duel, table Table) {
	arms := results.Arms(s.Runs)
	loss, _ := metrics.StatisticNamed("val_loss")
	kind := func(c contender) string { return results.ValueOf(c.Axes, "init") }
	all := slices.DeleteFunc(contenders(arms), func(c contender) bool { return c.Scheme != "rslora" || c.Rank != slices.Max(ranks(arms)) })
	i := slices.IndexFunc(all, func(c contender) bool { return kind(c) == "kaiming-uniform" })
	if i < 0 {
		return nil, Table{}
	}
	var names []string
	for _, c := range all {
		if kind(c) != kind(all[i]) {
			family = append(family, newDuel(initFamily, c, all[i], loss))
			names = append(names, fmt.Sprintf("%s - %s, rank %d", kind(c), kind(all[i]), c.Rank))
		}
	}
	correct(family)
	table = duelsTable(arms, loss, family, s.Tuned)
	for k, name := range names {
		table.Rows[k].Entries[1].Text = name
	}
	return family, table
}
