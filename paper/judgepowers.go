package paper

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"ranksweep/metrics"
	"ranksweep/results"
)

// judged puts the verdicts on several exponents together; none say nothing.
func judged(verdicts []string) Standing {
	if len(verdicts) == 0 {
		return Unresolved
	}
	standing := Seen
	for _, v := range verdicts {
		switch v {
		case "agrees":
		case "differs":
			return NotSeen
		default:
			standing = Unresolved
		}
	}
	return standing
}

// armNamed is the first arm of a scheme.
func armNamed(s Study, scheme string) (results.Arm, bool) {
	arms := results.Arms(s.Runs)
	i := slices.IndexFunc(arms, func(a results.Arm) bool { return a.Scheme == scheme })
	if i < 0 {
		return results.Arm{}, false
	}
	return arms[i], true
}

// ofBoth judges a study by its arms of LoRA and rsLoRA.
func ofBoth(judge func(lora, rslora results.Arm) Finding) func(Study) Finding {
	return func(s Study) Finding {
		lora, ok := armNamed(s, "lora")
		if !ok {
			return lacks("lora")
		}
		rslora, ok := armNamed(s, "rslora")
		if !ok {
			return lacks("rslora")
		}
		return judge(lora, rslora)
	}
}

func lacks(scheme string) Finding {
	return Finding{Standing: Unresolved, Text: "The store lacks " + schemeLabel(scheme) + "."}
}

// onsetPattern holds the onset norms of LoRA and rsLoRA to −½ and 0.
func onsetPattern(lora, rslora results.Arm) Finding {
	arms := []results.Arm{lora, rslora}
	return Finding{
		Standing: judged(verdicts(arms, metrics.GradNormOnset)),
		Text:     "Both powers of rank must agree with theory, over ranks " + rankRange(lora) + ".",
		Tables:   []Table{exponentsTable(arms, []metrics.Statistic{metrics.GradNormOnset})},
	}
}

// verdicts are those on a statistic's power of rank, an arm each.
func verdicts(arms []results.Arm, s metrics.Statistic) []string {
	var all []string
	for _, a := range arms {
		e, _ := a.Exponent(s)
		all = append(all, verdict(e))
	}
	return all
}

func rankRange(a results.Arm) string {
	return fmt.Sprintf("%d to %d", a.Cells[0].Rank, a.Cells[len(a.Cells)-1].Rank)
}

// worse is the standing of a claim of which two parts must hold.
func worse(a, b Standing) Standing {
	for _, s := range []Standing{NotSeen, Unresolved} {
		if a == s || b == s {
			return s
		}
	}
	return Seen
}

// fallsAndStays holds one power of rank to be negative and another to be level.
func fallsAndStays(falling, level metrics.Exponent) Standing {
	switch {
	case falling.High < -flat && level.Low >= -flat && level.High <= flat:
		return Seen
	case falling.Low > -flat || level.High < -flat || level.Low > flat:
		return NotSeen
	}
	return Unresolved
}

// trainingPattern holds onset norms as [onsetPattern] does and, since an onset
// knows no optimizer, the mean norm over training to falling and to staying.
func trainingPattern(lora, rslora results.Arm) Finding {
	mean, _ := metrics.StatisticNamed("grad_norm_mean")
	falling, _ := lora.Exponent(mean)
	level, _ := rslora.Exponent(mean)
	arms := []results.Arm{lora, rslora}
	return Finding{
		Standing: worse(judged(verdicts(arms, metrics.GradNormOnset)), fallsAndStays(falling, level)),
		Text: fmt.Sprintf("Both powers of rank at onset must agree with theory, over ranks %s. That of the norm averaged over training, in which the optimizer has its part, "+
			"must be below -%g under LoRA and within ±%g under rsLoRA.", rankRange(lora), flat, flat),
		Tables: []Table{exponentsTable(arms, []metrics.Statistic{metrics.GradNormOnset, mean})},
	}
}

// withinOrder compares the spread over ranks of the gradient norm, at the step at
// which it is largest.
func withinOrder(lora, rslora results.Arm) Finding {
	standing := NotSeen
	if rankSpread(rslora) < 10 && rankSpread(lora) > rankSpread(rslora) {
		standing = Seen
	}
	mean, _ := metrics.StatisticNamed("grad_norm_mean")
	return Finding{
		Standing: standing,
		Text: fmt.Sprintf("At the step at which it is most, the largest mean over ranks %s is %s times the smallest under rsLoRA, of which 10 is an order of magnitude, and %s times under LoRA, which must be more.",
			rankRange(rslora), rounded(rankSpread(rslora)), rounded(rankSpread(lora))),
		Tables: []Table{exponentsTable([]results.Arm{lora, rslora}, []metrics.Statistic{mean})},
	}
}

// rankSpread is the largest ratio, over steps, of the mean gradient norms of two
// ranks.
func rankSpread(a results.Arm) float64 {
	low, high := make(map[int]float64), make(map[int]float64) // by step
	for _, c := range a.Cells {
		for _, p := range c.Curve(metrics.GradNorm) {
			if l, ok := low[p.Step]; !ok || p.Mean < l {
				low[p.Step] = p.Mean
			}
			high[p.Step] = math.Max(high[p.Step], p.Mean)
		}
	}
	most := 0.0
	for step := range low {
		most = math.Max(most, high[step]/low[step])
	}
	return most
}

// activations compares the powers of rank of the final adapter output.
func activations(lora, rslora results.Arm) Finding {
	output, _ := metrics.StatisticNamed("adapter_output_final")
	falling, _ := lora.Exponent(output)
	level, _ := rslora.Exponent(output)
	return Finding{
		Standing: fallsAndStays(falling, level),
		Text:     fmt.Sprintf("The power of rank must be below -%g under LoRA and within ±%g under rsLoRA.", flat, flat),
		Tables:   []Table{exponentsTable([]results.Arm{lora, rslora}, []metrics.Statistic{output})},
	}
}

// otherScalings holds the power of all scalings but rsLoRA's to lie off 0.
func otherScalings(s Study) Finding {
	standing := Seen
	arms := results.Arms(s.Runs)
	for _, a := range arms {
		e, err := a.Exponent(metrics.GradNormOnset)
		if err != nil {
			return Finding{Standing: Unresolved, Text: noFit(err) + "."}
		}
		free := e.Low <= flat && e.High >= -flat
		if named := a.Scheme == "rslora"; free != named {
			standing = NotSeen
		}
	}
	return Finding{Standing: standing, Text: fmt.Sprintf("The power of rank must be within ±%g under rsLoRA and under no other.", flat),
		Tables: []Table{exponentsTable(arms, []metrics.Statistic{metrics.GradNormOnset})}}
}

// theoryPowers counts the exponents that agree with theory.
func theoryPowers(s Study) Finding {
	arms := results.Arms(s.Runs)
	statistics := predictedStatistics(arms)
	agree, holding, all, far := 0, 0, 0, 0.0
	for _, a := range arms {
		for _, statistic := range statistics {
			e, err := a.Exponent(statistic)
			if err != nil || !finite(e.Predicted) {
				continue
			}
			all++
			target := e.Predicted
			if finite(e.Exact) {
				target = e.Exact
			}
			far = math.Max(far, math.Abs(e.Value-target))
			if e.Low <= target && target <= e.High {
				holding++
			}
			if verdict(e) == "agrees" {
				agree++
			}
		}
	}
	f := Finding{
		Standing: Unresolved,
		Text: fmt.Sprintf("%d of %d fitted powers agree with theory, as nine of ten must. The farthest is %s off; %d intervals, some of them no wider than rounding, hold the theory's. "+
			"Where ranks come near the maps' width that is the power of the exact values at these ranks, the column exact.", agree, all, fixed(far, 3), holding),
		Tables: []Table{exponentsTable(arms, statistics)},
	}
	if all > 0 && 10*agree >= 9*all {
		f.Standing = Seen
	} else if all > 0 {
		f.Standing = NotSeen
	}
	return f
}

// exactValues counts the cells whose mean is within two standard errors of what
// theory expects. Of independent ones that are 95%.
func exactValues(s Study) Finding {
	within, all := 0, 0
	var off []string
	for _, c := range results.Cells(s.Runs) {
		for _, statistic := range metrics.Statistics {
			over := c.OverExpected(statistic)
			if over.N < 3 {
				continue
			}
			all++
			if math.Abs(over.Mean-1) <= 2*over.SE() {
				within++
			} else {
				off = append(off, fmt.Sprintf("%s under %s and %s at rank %d, %s", statistic.Label, schemeLabel(c.Scheme), c.Optimizer, c.Rank, intervalText(over)))
			}
		}
	}
	if all == 0 {
		return Finding{Standing: Unresolved, Text: "No cell has three seeds and an exact expectation."}
	}
	share := float64(within) / float64(all)
	standing := NotSeen
	if share >= 0.9 {
		standing = Seen
	}
	f := Finding{Standing: standing, Text: fmt.Sprintf("%d of %d means over seeds, %s%%, are within two standard errors of the exact expectation, one a statistic, rank, scheme and optimizer, "+
		"as nine of ten must. By chance it would be 95%% of independent ones; these share their A's, and err together.", within, all, fixed(100*share, 1))}
	if len(off) > 0 && len(off) <= foldedRows {
		f.Text += " Not within: " + strings.Join(off, "; ") + " times what is expected."
	}
	return f
}

// phasePoints holds the loss drop's power to 0 where learning should be free of
// rank, and away from it where the other optimizer's should.
func phasePoints(s Study) Finding {
	var arms []results.Arm
	for _, g := range results.RateGroups(results.Arms(s.Runs)) {
		a := g[0]
		if a.Scheme, _, _ = strings.Cut(a.Scheme, "@"); a.Scheme == "lora" || a.Scheme == "rslora" {
			arms = append(arms, a)
		}
	}
	judge := slices.DeleteFunc(verdicts(arms, metrics.LossDropFirst), func(v string) bool { return v == "no prediction" })
	return Finding{Standing: judged(judge), Text: "Every predicted power of rank must agree with what was fitted.",
		Tables: []Table{exponentsTable(arms, []metrics.Statistic{metrics.LossDropFirst})}}
}

// bestRates holds the power of the best rate under AdamW to the claimed one.
func bestRates(s Study) Finding {
	t := Table{Name: "best-rates", Title: "Powers of rank of the best learning rate under AdamW, with 95% intervals over seeds"}
	var verdicts []string
	var powers, fits, claimed, early, inside, said []Entry
	tolerance := 0.0
	for _, g := range results.RateGroups(results.Arms(s.Runs)) {
		a := g[0]
		if a.Optimizer != "adamw" || !multiplierAlone(a) {
			continue
		}
		e, err := results.RateExponent(g)
		fit := exponentText(e)
		if err != nil {
			fit = "no fit"
		}
		drop, _ := metrics.LossDropFirst.Theory.Exponent(metrics.SignUpdate, a.Scaling)
		tolerance = halfStep(g)
		v := verdictWithin(e, tolerance)
		verdicts = append(verdicts, v)
		powers, fits, claimed = append(powers, word(number(a.Scaling.P))), append(fits, word(fit)), append(claimed, word(number(e.Predicted)))
		early = append(early, word(number(0-drop)))
		inside = append(inside, word(fmt.Sprintf("%d of %d", e.N, e.N+e.Excluded)))
		said = append(said, word(v))
	}
	t.add(Column{Head: "p", Number: true}, powers)
	t.add(Column{Head: "power of rank", Number: true}, fits)
	t.add(Column{Head: "claimed", Number: true}, claimed)
	t.add(Column{Head: "while A has hardly moved", Number: true}, early)
	t.add(Column{Head: "best rates inside the grid", Number: true}, inside)
	t.add(Column{Head: "verdict"}, said)
	return Finding{Standing: judged(verdicts), Tables: []Table{t},
		Text: fmt.Sprintf("Every power must agree with the claimed one, or its interval lie within %s of it: half a step between rates, over these ranks, which is as well as the grid can tell.", fixed(tolerance, 3))}
}

// halfStep is the power of rank by which best rates would be off if they were off
// by half a step between the rates tried from the smallest rank to the largest.
func halfStep(group []results.Arm) float64 {
	step := 0.0
	for i, a := range group[1:] {
		step = math.Max(step, math.Log(a.LR/group[i].LR))
	}
	all := ranks(group)
	return step / 2 / math.Log(float64(all[len(all)-1])/float64(all[0]))
}

// inits holds the power of the onset norm to theory, by how A or B is drawn, and
// sets beside it the scatter over draws and, at the largest rank, the loss.
func inits(s Study) Finding {
	arms := results.Arms(s.Runs)
	loss, _ := metrics.StatisticNamed("val_loss")
	t := Table{Name: "inits", Title: "Onset gradient norms by how A or B is drawn, and losses at the largest rank: mean ± half of its 95% interval"}
	addSettings(&t, arms, func(results.Arm) int { return 1 })
	var fits, theory, scatter, said []Entry
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
		scatter, said = append(scatter, variance), append(said, word(verdict(e)))
	}
	t.add(Column{Head: "power of rank", Number: true}, fits)
	t.add(Column{Head: "theory", Number: true}, theory)
	t.add(intervalColumn("square over its expectation", "over", over))
	t.add(Column{Head: "power of rank of its variance", Number: true}, scatter)
	t.add(intervalColumn(loss.Label, loss.Name, losses))
	t.add(Column{Head: "verdict"}, said)
	duels, kinds := initDuels(s)
	standing := judged(verdicts(arms, metrics.GradNormOnset))
	for _, d := range duels {
		if results.ValueOf(d.Cell.Axes, "init") != "peft-gaussian" { // whose variance is another
			standing = worse(standing, gainsNothing(d))
		}
	}
	return Finding{
		Standing: standing,
		Text: fmt.Sprintf("Every power of rank of the onset norm must agree with theory, and kinds of one variance must end at equivalent losses. Over draws, theory has the variance of its square fall as r to the power of %g "+
			"where rows of A, or columns of B, are independent: %d of %d intervals hold that. Of orthogonal ones it has no value.", metrics.OnsetVariancePower, held, all),
		Tables: []Table{t, kinds},
	}
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
