package paper

import (
	"fmt"
	"math"
	"slices"
	"strconv"

	"ranksweep/metrics"
	"ranksweep/results"
)

// rankDuels are the comparisons of a scheme's ranks with its smallest, by rank,
// within the family of all such comparisons of the study.
func rankDuels(s Study, scheme string) (duels []duel, table Table) {
	arms := results.Arms(s.Runs)
	loss, _ := metrics.StatisticNamed(lossStatistic(arms))
	for _, d := range duelsOf(arms, loss) {
		if d.family == rankFamily && d.Cell.Scheme == scheme {
			duels = append(duels, d)
		}
	}
	slices.SortFunc(duels, func(a, b duel) int { return a.Cell.Rank - b.Cell.Rank })
	return duels, duelsTable(arms, loss, duels, s.Tuned)
}

// duelText writes a comparison with all that a reader needs to doubt it.
func duelText(d duel) string {
	text := fmt.Sprintf("%s: %s%% [%s, %s]%% of the loss, n = %d, Holm's p %s over %d tests: %s",
		d.pair().Text, fixed(100*d.Difference.Mean/d.ReferenceMean, 2), fixed(100*d.Difference.Low/d.ReferenceMean, 2),
		fixed(100*d.Difference.High/d.ReferenceMean, 2), d.Difference.N, probability(d.holm).Text, d.tests, d.verdict())
	if n := d.Cell.Diverged() + d.Reference.Diverged(); n > 0 {
		text += fmt.Sprintf(" (%d runs diverged)", n)
	}
	return text
}

// gains says whether the first of two losses is lower, as is claimed of it.
func gains(d duel) Standing {
	switch v := d.verdict(); {
	case v.IsLower():
		return Seen
	case v.IsHigher(), v == Equivalent:
		return NotSeen
	}
	return Unresolved
}

// gainsNothing says whether it is no lower, but for the margin.
func gainsNothing(d duel) Standing {
	switch v := d.verdict(); {
	case v == Lower:
		return NotSeen
	case v == Higher, v.IsEquivalent():
		return Seen
	}
	return Unresolved
}

// matches says whether two losses are the same, but for the margin.
func matches(d duel) Standing {
	switch v := d.verdict(); {
	case v.IsEquivalent(), v == SameFunction:
		return Seen
	case v == Lower, v == Higher:
		return NotSeen
	}
	return Unresolved
}

// higherRank judges a scheme by its largest rank against its smallest.
func higherRank(scheme string, stand func(d duel) Standing) func(Study) Finding {
	return func(s Study) Finding {
		duels, table := rankDuels(s, scheme)
		if len(duels) == 0 {
			return Finding{Standing: Unresolved, Text: "The store has no two ranks of " + schemeLabel(scheme) + "."}
		}
		top := duels[len(duels)-1]
		return Finding{Standing: stand(top), Text: duelText(top) + ". At one learning rate for all ranks, as in the paper.", Tables: []Table{table}}
	}
}

// tradeOff says what every rank of rsLoRA costs and what the top one gains.
func tradeOff(s Study) Finding {
	f := higherRank("rslora", gains)(s)
	if a, ok := armNamed(s, "rslora"); ok {
		loss, _ := metrics.StatisticNamed(lossStatistic([]results.Arm{a}))
		f.Tables = []Table{costsTable(a, loss)}
	}
	return f
}

// costsTable has what each rank of an arm takes over what the smallest does, and
// its loss.
func costsTable(a results.Arm, loss metrics.Statistic) Table {
	t := Table{Name: "costs", Title: "What a rank takes over what the smallest does, counted from shapes, and its loss: mean ± half of its 95% interval"}
	var ranks, factored, cheaper, memory []Entry
	var losses []metrics.Interval
	over := func(v, smallest float64) Entry {
		return Entry{Text: fixed(v/smallest, 2), Values: []string{field(v / smallest)}}
	}
	first := a.Cells[0]
	for _, c := range a.Cells {
		ranks = append(ranks, word(strconv.Itoa(c.Rank)))
		factored = append(factored, over(c.FactoredFlops, first.FactoredFlops))
		cheaper = append(cheaper, over(c.Flops, first.Flops))
		memory = append(memory, over(float64(c.Bytes), float64(first.Bytes)))
		losses = append(losses, c.Statistic(loss))
	}
	t.add(Column{Head: "rank", Fields: []string{"rank"}, Number: true}, ranks)
	t.add(Column{Head: "training, factored form", Fields: []string{"factored"}, Number: true}, factored)
	t.add(Column{Head: "training, the cheaper form", Fields: []string{"cheaper"}, Number: true}, cheaper)
	t.add(Column{Head: "memory beside the base", Fields: []string{"memory"}, Number: true}, memory)
	t.add(intervalColumn(loss.Label, loss.Name, losses))
	return t
}

// initCorrection compares LoRA with a corrected init to rsLoRA at the top rank.
func initCorrection(s Study) Finding {
	arms := results.Arms(s.Runs)
	loss, _ := metrics.StatisticNamed("val_loss")
	all := contenders(arms)
	top := slices.IndexFunc(all, func(c contender) bool { return c.Scheme == "rslora" && c.Rank == slices.Max(ranks(arms)) })
	if top < 0 {
		return lacks("rslora")
	}
	var family []duel
	for _, c := range all {
		if c.Scaling.Init != 0 && c.Rank == all[top].Rank {
			family = append(family, newDuel(schemeFamily, c, all[top], loss))
		}
	}
	correct(family)
	standing := Unresolved
	for _, d := range family {
		if d.Cell.Scaling.Init < 0 {
			continue // the other direction
		}
		switch v := d.verdict(); {
		case v == Diverged, v == Higher:
			standing = Seen
		case v.IsLower(), v.IsEquivalent():
			standing = NotSeen
		}
	}
	if len(family) == 0 {
		return lacks("lora,init=0.5")
	}
	return Finding{Standing: standing, Text: "The paper's correction, init = 0.5, by which A falls as 1/√r, must be worse than rsLoRA at the top rank. " +
		"The other one, init = -0.5, by which A grows as √r, keeps what theorem 3.2 holds constant at onset, γ²rσ²; the paper says nothing of it.",
		Tables: []Table{duelsTable(arms, loss, family, nil)}}
}

// bestOfRates compares the best of LoRA's rates with rsLoRA at the default one.
func bestOfRates(s Study) Finding {
	loss, _ := metrics.StatisticNamed("val_loss")
	var best, reference results.Cell
	lowest := math.Inf(1)
	var rates []float64
	for _, c := range results.Cells(s.Runs) {
		if c.Scheme == "rslora" {
			reference = c
			continue
		}
		rates = append(rates, c.LR)
		if v := c.Statistic(loss); v.Mean < lowest && c.Diverged() == 0 {
			lowest, best = v.Mean, c
		}
	}
	if len(best.Runs) == 0 || len(reference.Runs) == 0 {
		return Finding{Standing: Unresolved, Text: "The store lacks LoRA or rsLoRA."}
	}
	edge := ""
	if best.LR == slices.Min(rates) || best.LR == slices.Max(rates) {
		edge = ", at the edge of those tried"
	}
	family := []duel{newDuel(schemeFamily, contender{Cell: reference}, contender{Cell: best}, loss)}
	correct(family)
	d := family[0]
	return Finding{Standing: gains(d), Text: fmt.Sprintf("rsLoRA at rank %d and rate %s has %s; LoRA at rank %d and the best of %d rates, %s%s, chosen on the same seeds, which favours it, has %s nats/token. Difference %s [%s, %s], n = %d, p %s: %s.",
		reference.Rank, number(reference.LR), intervalText(reference.Statistic(loss)), best.Rank, len(rates), number(best.LR), edge, intervalText(best.Statistic(loss)),
		significant(d.Difference.Mean, 2), significant(d.Difference.Low, 2), significant(d.Difference.High, 2), d.Difference.N, probability(d.holm).Text, d.verdict())}
}

// tunedSchemes compares schemes whose rates were tuned, at every rank.
func tunedSchemes(s Study) Finding {
	arms := results.Arms(s.Runs)
	loss, _ := metrics.StatisticNamed("val_loss")
	standing := Seen
	var compared []duel
	for _, d := range duelsOf(arms, loss) {
		if d.family != schemeFamily || d.Same {
			continue
		}
		compared = append(compared, d)
		far := math.Max(math.Abs(d.Difference.Low), math.Abs(d.Difference.High)) > 0.02*d.ReferenceMean
		switch {
		case !far:
		case math.Abs(d.Difference.Mean) > 0.02*d.ReferenceMean && d.holm <= level:
			standing = NotSeen
		case standing == Seen:
			standing = Unresolved
		}
	}
	if len(compared) == 0 {
		return Finding{Standing: Unresolved, Text: "The store has no two schemes at one rank."}
	}
	return Finding{Standing: standing,
		Text:   "Every interval must lie within 2% of the reference's loss." + ownBest(arms),
		Tables: []Table{duelsTable(arms, loss, compared, s.Tuned), ratesTable(arms)}}
}

// tunedRanks says whether a higher rank learns better once every rank has its own
// rate: the largest rank against the smallest, scheme by scheme.
func tunedRanks(s Study) Finding {
	arms := results.Arms(s.Runs)
	loss, _ := metrics.StatisticNamed("val_loss")
	var compared []duel
	top := make(map[string]duel) // by scheme
	for _, d := range duelsOf(arms, loss) {
		if d.family != rankFamily {
			continue
		}
		compared = append(compared, d)
		if best, ok := top[d.Cell.Scheme]; !ok || d.Cell.Rank > best.Cell.Rank {
			top[d.Cell.Scheme] = d
		}
	}
	standing := Seen
	for _, scheme := range schemes(arms) {
		if d, ok := top[scheme]; ok {
			standing = worse(standing, gains(d))
		}
	}
	if len(top) == 0 {
		return Finding{Standing: Unresolved, Text: "The store has no two ranks of a scheme."}
	}
	return Finding{Standing: standing,
		Text:   "Under every scheme the largest rank must end lower than the smallest." + ownBest(arms),
		Tables: []Table{duelsTable(arms, loss, compared, s.Tuned)}}
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
		t.add(Column{Head: fmt.Sprintf("rank %d", rank), Fields: fields, Number: true}, rates)
	}
	return t
}
