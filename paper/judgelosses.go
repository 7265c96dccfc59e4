package paper

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"ranksweep/metrics"
	"ranksweep/results"
)

// topAgainstSmallest is the comparison of a scheme's largest rank with its
// smallest, within the family of all such comparisons of the study.
func topAgainstSmallest(s Study, scheme string) (duel, bool) {
	arms := results.Arms(s.Runs)
	loss, _ := metrics.StatisticNamed(lossStatistic(arms))
	var top duel
	found := false
	for _, d := range duelsOf(arms, loss) {
		if d.family == rankFamily && d.Cell.Scheme == scheme && (!found || d.Cell.Rank > top.Cell.Rank) {
			top, found = d, true
		}
	}
	return top, found
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
	case strings.HasPrefix(v, "lower"):
		return Seen
	case strings.HasPrefix(v, "higher"), v == "equivalent":
		return NotSeen
	}
	return Unresolved
}

// gainsNothing says whether it is no lower, but for the margin.
func gainsNothing(d duel) Standing {
	switch v := d.verdict(); {
	case v == "lower":
		return NotSeen
	case v == "higher", v == "equivalent", strings.HasSuffix(v, "within the margin"):
		return Seen
	}
	return Unresolved
}

// higherRank judges a scheme by its largest rank against its smallest.
func higherRank(scheme string, stand func(d duel) Standing) func(Study) finding {
	return func(s Study) finding {
		d, ok := topAgainstSmallest(s, scheme)
		if !ok {
			return finding{Unresolved, "The store has no two ranks of " + schemeLabel(scheme) + "."}
		}
		return finding{stand(d), duelText(d) + ". One learning rate for all ranks, as in the paper."}
	}
}

// tradeOff says what the top rank costs and what it gains.
func tradeOff(s Study) finding {
	f := higherRank("rslora", gains)(s)
	a, ok := armNamed(s, "rslora")
	if !ok {
		return f
	}
	low, top := a.Cells[0], a.Cells[len(a.Cells)-1]
	f.text = fmt.Sprintf("From rank %d to %d training costs %s times as much in the factored form, which others run, and %s times in the cheaper form here; memory beside the base %s times. %s",
		low.Rank, top.Rank, rounded(top.FactoredFlops/low.FactoredFlops), rounded(top.Flops/low.Flops), rounded(float64(top.Bytes)/float64(low.Bytes)), f.text)
	return f
}

// initCorrection compares LoRA with a corrected init to rsLoRA at the top rank.
func initCorrection(s Study) finding {
	reference, ok := armNamed(s, "rslora")
	if !ok {
		return lacks("rslora")
	}
	loss, _ := metrics.StatisticNamed("val_loss")
	top := reference.Cells[len(reference.Cells)-1]
	var family []duel
	for _, a := range results.Arms(s.Runs) {
		if a.Scaling.Init != 0 {
			family = append(family, newDuel(schemeFamily, contender{Cell: a.Cells[len(a.Cells)-1]}, contender{Cell: top}, loss))
		}
	}
	correct(family)
	standing, texts := Seen, []string{}
	for _, d := range family {
		texts = append(texts, duelText(d))
		switch v := d.verdict(); {
		case v == "diverged", v == "higher":
		case strings.HasPrefix(v, "lower"), v == "equivalent", strings.HasSuffix(v, "within the margin"):
			standing = NotSeen
		case standing == Seen:
			standing = Unresolved
		}
	}
	if len(family) == 0 {
		standing = Unresolved
	}
	return finding{standing, strings.Join(texts, "; ") + "."}
}

// bestOfRates compares the best of LoRA's rates with rsLoRA at the default one.
func bestOfRates(s Study) finding {
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
		return finding{Unresolved, "The store lacks LoRA or rsLoRA."}
	}
	edge := ""
	if best.LR == slices.Min(rates) || best.LR == slices.Max(rates) {
		edge = ", at the edge of those tried"
	}
	family := []duel{newDuel(schemeFamily, contender{Cell: reference}, contender{Cell: best}, loss)}
	correct(family)
	d := family[0]
	return finding{gains(d), fmt.Sprintf("rsLoRA at rank %d and rate %s has %s; LoRA at rank %d and the best of %d rates, %s%s, chosen on the same seeds, which favours it, has %s nats/token. Difference %s [%s, %s], n = %d, p %s: %s.",
		reference.Rank, number(reference.LR), intervalText(reference.Statistic(loss)), best.Rank, len(rates), number(best.LR), edge, intervalText(best.Statistic(loss)),
		significant(d.Difference.Mean, 2), significant(d.Difference.Low, 2), significant(d.Difference.High, 2), d.Difference.N, probability(d.holm).Text, d.verdict())}
}

// tunedSchemes compares schemes whose rates were tuned, at every rank.
func tunedSchemes(s Study) finding {
	arms := results.Arms(s.Runs)
	loss, _ := metrics.StatisticNamed("val_loss")
	standing, texts := Seen, []string{}
	for _, d := range duelsOf(arms, loss) {
		if d.family != schemeFamily || d.Same {
			continue
		}
		texts = append(texts, duelText(d))
		far := math.Max(math.Abs(d.Difference.Low), math.Abs(d.Difference.High)) > 0.02*d.ReferenceMean
		switch {
		case !far:
		case math.Abs(d.Difference.Mean) > 0.02*d.ReferenceMean && d.holm <= level:
			standing = NotSeen
		case standing == Seen:
			standing = Unresolved
		}
	}
	if len(texts) == 0 {
		return finding{Unresolved, "The store has no two schemes at one rank."}
	}
	var rates []string
	for _, c := range results.Cells(s.Runs) {
		rates = append(rates, fmt.Sprintf("%s rank %d: %s", schemeLabel(c.Scheme), c.Rank, number(c.LR)))
	}
	return finding{standing, strings.Join(texts, "; ") + ". Chosen rates: " + strings.Join(rates, ", ") + "."}
}
