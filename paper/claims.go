package paper

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"ranksweep/metrics"
	"ranksweep/results"
)

const (
	thePaper     = "arXiv 2312.03732"
	moreSeeds    = "more seeds and ranks: the intervals below are over seeds."
	moreTraining = "longer training, more seeds, and a larger model: differences between ranks are within the noise over seeds."
)

// claims are the paper's, in its order, then what others say, then the open
// questions.
var claims = []claim{
	{
		name: "LoRA's gradients collapse with rank from the first step, rsLoRA's do not", source: thePaper + ", figure 3 and theorem 3.2",
		says:  "the average gradient norm falls as the rank grows under α/r, and is the same for all ranks at onset under α/√r.",
		study: "paper-fig2-3", figure: "gradient-norm", resolve: moreSeeds, judge: onsetPattern,
	},
	{
		name: "Over training rsLoRA's gradient norms stay within one order of magnitude", source: thePaper + ", figure 3",
		says:  "rsLoRA's norms stay within an order of magnitude of each other throughout; LoRA's spread over several.",
		study: "paper-fig2-3", figure: "onset", resolve: moreSeeds, judge: withinOrder,
	},
	{
		name: "Under LoRA a higher rank learns no better", source: thePaper + ", figure 2",
		says:  "LoRA converges to a similar loss whatever the rank, larger ranks even slightly worse.",
		study: "paper-fig2-3", figure: "loss", resolve: moreTraining, judge: rankDoesNotHelp("lora"),
	},
	{
		name: "Under rsLoRA a higher rank learns better", source: thePaper + ", figure 2",
		says:  "rsLoRA's loss improves with the rank.",
		study: "paper-fig2-3", figure: "loss", resolve: moreTraining, judge: rankHelps("rslora"),
	},
	{
		name: "Rank trades compute for quality under rsLoRA", source: thePaper + ", section 5",
		says:  "since inference costs the same after merging, compute in training buys quality.",
		study: "paper-fig2-3", figure: "frontier", resolve: moreTraining, judge: tradeOff,
	},
	{
		name: "The pattern is the same under SGD", source: thePaper + ", appendix B.1, figure 4",
		says:  "the same gradient pattern under SGD.",
		study: "paper-fig4", figure: "gradient-norm", resolve: moreSeeds, judge: onsetPattern,
	},
	{
		name: "The pattern is the same under Adafactor", source: thePaper + ", appendix B.2, figure 5",
		says:  "the same pattern for GPT-J on GSM8K under Adafactor. (Here on doc comments and the functions below them, unless the store was made with --set data.)",
		study: "paper-fig5", figure: "gradient-norm", resolve: moreSeeds, judge: onsetPattern,
	},
	{
		name: "Correcting A's initialization in place of the multiplier does not do", source: thePaper + ", appendix B.3",
		says:  "keeping 1/r and correcting the init of A alone is unstable or worse at rank 2048.",
		study: "paper-init", figure: "loss", resolve: moreTraining, judge: initCorrection,
	},
	{
		name: "LoRA at rank 4 with its best rate stays behind rsLoRA at the top rank with the default one", source: thePaper + ", appendix B.4",
		says:  "1.863 for the best of LoRA's rates at r = 4, 1.836 for rsLoRA at r = 2048.",
		study: "paper-rates", resolve: moreTraining, judge: bestOfRates,
	},
	{
		name: "The pattern is the same with adapters on attention alone", source: thePaper + ", appendix B.5",
		says:  "the same pattern with the attention modules alone.",
		study: "paper-attention", figure: "gradient-norm", resolve: moreSeeds, judge: onsetPattern,
	},
	{
		name: "No other scaling function is stable", source: thePaper + ", appendix B.6",
		says:  "other powers of the rank, and its logarithm, collapse or explode.",
		study: "paper-scalings", figure: "onset", resolve: moreSeeds, judge: otherScalings,
	},
	{
		name: "LoRA's activations fall with rank, rsLoRA's stay level", source: thePaper + ", appendix B.7",
		says:  "post-adapter activations of LoRA fall with r, those of rsLoRA do not depend on it.",
		study: "paper-fig2-3", figure: "activations", resolve: moreSeeds, judge: activations,
	},
	{
		name: "Sizes at the first steps follow the rank as theory says", source: thePaper + ", theorem 3.2, and what follows from it for sign-like updates",
		says:  "ten quantities have the powers of rank that metrics/theory.go derives, for five multipliers, under SGD and Adam.",
		study: "theory", figure: "check-sgd", resolve: moreSeeds, judge: theoryPowers,
	},
	{
		name: "They have the exact values of theory at every rank", source: "metrics/theory.go",
		says:  "where there is an exact expression at a finite rank, the mean over draws of A is its value.",
		study: "theory", figure: "check-adamw", resolve: moreSeeds, judge: exactValues,
	},
	{
		name: "From which rank on an asymptotic law holds", source: "open question",
		says:  "nothing: the laws for ranks far below and far above the width are asymptotic, and practice is between.",
		study: "theory", judge: finiteRanks,
	},
	{
		name: "SGD learns at a rate free of rank at p = ½, Adam at p = 1", source: "LoRA Without Regret (2025) against " + thePaper,
		says:  "the paper's multiplier is stable; with Adam and 1/r the start of learning is the same at every rank.",
		study: "phase", figure: "phase", resolve: moreSeeds, judge: phasePoints,
	},
	{
		name: "The best learning rate falls as r^−(1−p)/2 under Adam", source: "arXiv 2602.06204",
		says:  "a constant multiplier wants a rate ∝ r^−½, rsLoRA r^−¼, and 1/r one free of rank.",
		study: "phase", figure: "phase", resolve: "more seeds, more learning rates and longer training: the best rate is found by a parabola through three losses.", judge: bestRates,
	},
	{
		name: "Once the learning rate is tuned for every rank, schemes are within 1–2% of each other", source: "Learning Rate Matters, arXiv 2602.04998",
		says:  "nine variants of adapters, each with its own rate, are within one or two percent.",
		study: "tuned", figure: "loss", resolve: moreTraining, judge: tunedSchemes,
	},
	{
		name: "Gradients depend on how A is drawn by its variance alone", source: "open question; " + thePaper + ", theorem 3.2, asks for a variance free of rank",
		says:  "PEFT's “gaussian”, whose deviation is 1/r, breaks the theorem's condition.",
		study: "init", figure: "onset", resolve: moreSeeds, judge: inits,
	},
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

// judged puts the verdicts on several exponents together.
func judged(verdicts ...string) Standing {
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

// onsetPattern holds the onset norms of LoRA and rsLoRA to −½ and 0.
func onsetPattern(s Study) finding {
	var texts, verdicts []string
	for _, scheme := range []string{"lora", "rslora"} {
		a, ok := armNamed(s, scheme)
		if !ok {
			return finding{Unresolved, "The store lacks " + schemeLabel(scheme) + "."}
		}
		e, _ := a.Exponent(metrics.GradNormOnset)
		verdicts = append(verdicts, verdict(e))
		texts = append(texts, fmt.Sprintf("%s's onset gradient norm goes as r to the power of %s (theory %s; ranks %s, %d seeds)",
			schemeLabel(scheme), exponentText(e), number(e.Predicted), rankRange(a), e.Seeds))
	}
	return finding{judged(verdicts...), strings.Join(texts, ", ") + "."}
}

func rankRange(a results.Arm) string {
	return fmt.Sprintf("%d to %d", a.Cells[0].Rank, a.Cells[len(a.Cells)-1].Rank)
}

// withinOrder compares the spread over ranks of the mean gradient norm.
func withinOrder(s Study) finding {
	norm, _ := metrics.StatisticNamed("grad_norm_mean")
	spread := make(map[string]float64)
	text := ""
	for _, scheme := range []string{"lora", "rslora"} {
		a, ok := armNamed(s, scheme)
		if !ok {
			return finding{Unresolved, "The store lacks " + schemeLabel(scheme) + "."}
		}
		low, high := math.Inf(1), 0.0
		for _, c := range a.Cells {
			v := c.Statistic(norm)
			low, high = math.Min(low, v.Mean), math.Max(high, v.Mean)
		}
		spread[scheme] = high / low
		text += fmt.Sprintf("Of the gradient norm averaged over training, the largest mean over ranks %s is %s times the smallest under %s. ",
			rankRange(a), rounded(high/low), schemeLabel(scheme))
	}
	standing := NotSeen
	if spread["rslora"] < 10 && spread["lora"] > spread["rslora"] {
		standing = Seen
	}
	return finding{standing, strings.TrimSpace(text)}
}

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

func rankDoesNotHelp(scheme string) func(Study) finding {
	return func(s Study) finding {
		d, ok := topAgainstSmallest(s, scheme)
		if !ok {
			return finding{Unresolved, "The store has no two ranks of " + schemeLabel(scheme) + "."}
		}
		standing := Unresolved
		switch v := d.verdict(); {
		case v == "lower":
			standing = NotSeen
		case v == "higher" || v == "equivalent" || strings.HasSuffix(v, "within the margin"):
			standing = Seen
		}
		return finding{standing, duelText(d) + ". One learning rate for all ranks, as in the paper."}
	}
}

func rankHelps(scheme string) func(Study) finding {
	return func(s Study) finding {
		d, ok := topAgainstSmallest(s, scheme)
		if !ok {
			return finding{Unresolved, "The store has no two ranks of " + schemeLabel(scheme) + "."}
		}
		standing := Unresolved
		switch v := d.verdict(); {
		case strings.HasPrefix(v, "lower"):
			standing = Seen
		case strings.HasPrefix(v, "higher") || v == "equivalent":
			standing = NotSeen
		}
		return finding{standing, duelText(d) + ". One learning rate for all ranks, as in the paper."}
	}
}

// tradeOff says what the top rank costs and what it gains.
func tradeOff(s Study) finding {
	f := rankHelps("rslora")(s)
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
		return finding{Unresolved, "The store lacks rsLoRA."}
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
	d := newDuel(schemeFamily, contender{Cell: reference}, contender{Cell: best}, loss)
	family := []duel{d}
	correct(family)
	d = family[0]
	standing := Unresolved
	switch v := d.verdict(); {
	case strings.HasPrefix(v, "lower"):
		standing = Seen
	case strings.HasPrefix(v, "higher"), v == "equivalent":
		standing = NotSeen
	}
	return finding{standing, fmt.Sprintf("rsLoRA at rank %d and rate %s has %s; LoRA at rank %d and the best of %d rates, %s%s, chosen on the same seeds, which favours it, has %s nats/token. Difference %s [%s, %s], n = %d, p %s: %s.",
		reference.Rank, number(reference.LR), intervalText(reference.Statistic(loss)), best.Rank, len(rates), number(best.LR), edge, intervalText(best.Statistic(loss)),
		significant(d.Difference.Mean, 2), significant(d.Difference.Low, 2), significant(d.Difference.High, 2), d.Difference.N, probability(d.holm).Text, d.verdict())}
}

// otherScalings lists the powers of all scalings.
func otherScalings(s Study) finding {
	standing, texts := Seen, []string{}
	for _, a := range results.Arms(s.Runs) {
		e, err := a.Exponent(metrics.GradNormOnset)
		if err != nil {
			return finding{Unresolved, strings.TrimPrefix(err.Error(), "metrics: ") + "."}
		}
		theory := ""
		if finite(e.Predicted) {
			theory = fmt.Sprintf(" (theory %s)", number(e.Predicted))
		}
		texts = append(texts, fmt.Sprintf("%s %s%s", schemeLabel(a.Scheme), exponentText(e), theory))
		free := e.Low <= flat && e.High >= -flat
		if named := a.Scheme == "rslora"; free != named {
			standing = NotSeen
		}
	}
	return finding{standing, "Powers of rank of the onset gradient norm: " + strings.Join(texts, ", ") + "."}
}

// activations compares the powers of rank of the final adapter output.
func activations(s Study) finding {
	output, _ := metrics.StatisticNamed("adapter_output_final")
	var e [2]metrics.Exponent
	for i, scheme := range []string{"lora", "rslora"} {
		a, ok := armNamed(s, scheme)
		if !ok {
			return finding{Unresolved, "The store lacks " + schemeLabel(scheme) + "."}
		}
		e[i], _ = a.Exponent(output)
	}
	standing := Unresolved
	switch {
	case e[0].High < -flat && e[1].Low >= -flat && e[1].High <= flat:
		standing = Seen
	case e[0].Low > -flat || e[1].High < -flat || e[1].Low > flat:
		standing = NotSeen
	}
	return finding{standing, fmt.Sprintf("The adapters' final output on the probe batch goes as r to the power of %s under LoRA and %s under rsLoRA, %d seeds; level is within ±%g.",
		exponentText(e[0]), exponentText(e[1]), e[0].Seeds, flat)}
}

// theoryPowers counts the exponents that agree with theory, and names those
// that do not.
func theoryPowers(s Study) finding {
	arms := results.Arms(s.Runs)
	labels := armLabels(arms)
	agree, all, far := 0, 0, 0.0
	var differ []string
	for i, a := range arms {
		for _, statistic := range predictedStatistics(arms) {
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
			if verdict(e) == "agrees" {
				agree++
			} else {
				differ = append(differ, fmt.Sprintf("%s of %s %s (theory %s)", statistic.Label, labels[i], exponentText(e), fixed(target, 3)))
			}
		}
	}
	f := finding{Unresolved, fmt.Sprintf("%d of %d fitted powers agree with theory, within %g of it or with an interval that holds it; the farthest is %s off.", agree, all, near, fixed(far, 3))}
	if len(differ) > 0 {
		f.text += " Those that do not: " + strings.Join(differ, "; ") + "."
	}
	if all > 0 && 10*agree >= 9*all {
		f.standing = Seen
	} else if all > 0 {
		f.standing = NotSeen
	}
	return f
}

// exactValues counts the cells whose mean is within two standard errors of what
// theory expects. Of independent ones that are 95%.
func exactValues(s Study) finding {
	within, all := 0, 0
	for _, c := range results.Cells(s.Runs) {
		for _, statistic := range metrics.Statistics {
			over := c.OverExpected(statistic)
			if over.N < 3 {
				continue
			}
			all++
			if math.Abs(over.Mean-1) <= 2*over.SE() {
				within++
			}
		}
	}
	if all == 0 {
		return finding{Unresolved, "No cell has three seeds and an exact expectation."}
	}
	share := float64(within) / float64(all)
	standing := NotSeen
	if share >= 0.9 {
		standing = Seen
	}
	return finding{standing, fmt.Sprintf("%d of %d means over seeds, %s%%, are within two standard errors of the exact expectation, one a statistic, rank, scheme and optimizer; by chance it would be 95%%, and cells that share an A err together.",
		within, all, fixed(100*share, 1))}
}

// finiteRanks says up to which rank the law for small ranks holds to 10%, by
// what the store's exact values say.
func finiteRanks(s Study) finding {
	var texts []string
	for _, a := range results.Arms(s.Runs) {
		if a.Scheme != "rslora" {
			continue
		}
		for _, name := range []string{"delta_w_first", "input_gradient_first", "adapter_output_first"} {
			statistic, _ := metrics.StatisticNamed(name)
			first := a.Cells[0]
			e, _ := a.Exponent(statistic)
			base := first.Expected(statistic)
			last := 0
			for _, c := range a.Cells {
				law := base * math.Pow(float64(c.Rank)/float64(first.Rank), e.Predicted)
				if r := c.Expected(statistic) / law; r <= 1.1 {
					last = c.Rank
				}
			}
			texts = append(texts, fmt.Sprintf("%s under %s up to rank %d", statistic.Label, a.Optimizer, last))
		}
	}
	if len(texts) == 0 {
		return finding{Unresolved, "The store lacks rsLoRA."}
	}
	return finding{Seen, "The law for ranks far below the width holds to 10%, counted from the smallest rank, for the " + strings.Join(texts, ", for the ") +
		"; the maps are 256 and 688 wide. The onset norms, gradients of A and the loss drop have one law at every rank. For one map of input width d the exact expressions give r ≤ 0.21 d and, for the law of large ranks, r ≥ 4.8 d under SGD."}
}

// phasePoints holds the loss drop's power to 0 where learning should be free of
// rank, and away from it where the other optimizer's should.
func phasePoints(s Study) finding {
	standing, texts := Seen, []string{}
	for _, g := range results.RateGroups(results.Arms(s.Runs)) {
		a := g[0]
		if a.Scheme = strings.SplitN(a.Scheme, "@", 2)[0]; a.Scheme != "lora" && a.Scheme != "rslora" {
			continue
		}
		e, err := a.Exponent(metrics.LossDropFirst)
		if err != nil {
			continue
		}
		texts = append(texts, fmt.Sprintf("%s under %s %s", schemeLabel(a.Scheme), updater(a), exponentText(e)))
		if v := verdict(e); v == "differs" {
			standing = NotSeen
		} else if v != "agrees" && v != "no prediction" && standing == Seen {
			standing = Unresolved
		}
	}
	if len(texts) == 0 {
		standing = Unresolved
	}
	return finding{standing, "Powers of rank of the first loss drop: " + strings.Join(texts, ", ") + "."}
}

// bestRates sets the power of the best rate under AdamW beside −(1−p)/2.
func bestRates(s Study) finding {
	standing, texts := Seen, []string{}
	for _, g := range results.RateGroups(results.Arms(s.Runs)) {
		a := g[0]
		if a.Optimizer != "adamw" || !multiplierAlone(a) {
			continue
		}
		want := (a.Scaling.P - 1) / 2
		e, err := results.RateExponent(g)
		if err != nil || math.IsNaN(e.Low) {
			standing = Unresolved
			texts = append(texts, fmt.Sprintf("p = %s no fit with an interval (claimed %s)", number(a.Scaling.P), number(want)))
			continue
		}
		texts = append(texts, fmt.Sprintf("p = %s %s (claimed %s, %d of %d best rates inside the grid)", number(a.Scaling.P), exponentText(e), number(want), e.N, e.N+e.Excluded))
		switch {
		case e.High-e.Low > conclusive:
			standing = Unresolved
		case (want < e.Low || want > e.High) && standing == Seen:
			standing = NotSeen
		}
	}
	if len(texts) == 0 {
		standing = Unresolved
	}
	return finding{standing, "Powers of rank of the best learning rate under AdamW: " + strings.Join(texts, ", ") + "."}
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

// inits compares onset norms by distribution: their power of rank, and their
// scatter over seeds.
func inits(s Study) finding {
	standing, texts := Seen, []string{}
	for _, a := range results.Arms(s.Runs) {
		e, err := a.Exponent(metrics.GradNormOnset)
		if err != nil {
			return finding{Unresolved, strings.TrimPrefix(err.Error(), "metrics: ") + "."}
		}
		kind := ""
		for _, x := range a.Axes {
			if x.Name == "init" {
				kind = x.Value
			}
		}
		loss, _ := metrics.StatisticNamed("val_loss")
		last := a.Cells[len(a.Cells)-1]
		over := last.OverExpected(metrics.GradNormOnset)
		beside := ""
		if over.N > 1 {
			beside = fmt.Sprintf(", its square %s times what theory expects at rank %d", intervalText(over), last.Rank)
		}
		texts = append(texts, fmt.Sprintf("%s: power %s (theory %s)%s, validation loss %s", kind, exponentText(e), number(e.Predicted), beside, intervalText(last.Statistic(loss))))
		if v := verdict(e); v == "differs" {
			standing = NotSeen
		} else if v != "agrees" && standing == Seen {
			standing = Unresolved
		}
	}
	return finding{standing, "Onset gradient norms and, at the largest rank, losses: " + strings.Join(texts, "; ") + "."}
}
