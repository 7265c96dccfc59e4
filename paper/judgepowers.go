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
func ofBoth(judge func(lora, rslora results.Arm) finding) func(Study) finding {
	return func(s Study) finding {
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

func lacks(scheme string) finding {
	return finding{Unresolved, "The store lacks " + schemeLabel(scheme) + "."}
}

// onsetPattern holds the onset norms of LoRA and rsLoRA to −½ and 0.
func onsetPattern(lora, rslora results.Arm) finding {
	var texts, verdicts []string
	for _, a := range []results.Arm{lora, rslora} {
		e, _ := a.Exponent(metrics.GradNormOnset)
		verdicts = append(verdicts, verdict(e))
		texts = append(texts, fmt.Sprintf("%s's onset gradient norm goes as r to the power of %s (theory %s; ranks %s, n = %d)",
			schemeLabel(a.Scheme), exponentText(e), number(e.Predicted), rankRange(a), e.Seeds))
	}
	return finding{judged(verdicts), strings.Join(texts, ", ") + "."}
}

func rankRange(a results.Arm) string {
	return fmt.Sprintf("%d to %d", a.Cells[0].Rank, a.Cells[len(a.Cells)-1].Rank)
}

// withinOrder compares the spread over ranks of the mean gradient norm.
func withinOrder(lora, rslora results.Arm) finding {
	norm, _ := metrics.StatisticNamed("grad_norm_mean")
	spread := func(a results.Arm) float64 {
		low, high := math.Inf(1), 0.0
		for _, c := range a.Cells {
			v := c.Statistic(norm).Mean
			low, high = math.Min(low, v), math.Max(high, v)
		}
		return high / low
	}
	var texts []string
	for _, a := range []results.Arm{lora, rslora} {
		texts = append(texts, fmt.Sprintf("Of the gradient norm averaged over training, the largest mean over ranks %s is %s times the smallest under %s.",
			rankRange(a), rounded(spread(a)), schemeLabel(a.Scheme)))
	}
	standing := NotSeen
	if spread(rslora) < 10 && spread(lora) > spread(rslora) {
		standing = Seen
	}
	return finding{standing, strings.Join(texts, " ")}
}

// activations compares the powers of rank of the final adapter output.
func activations(lora, rslora results.Arm) finding {
	output, _ := metrics.StatisticNamed("adapter_output_final")
	falling, _ := lora.Exponent(output)
	level, _ := rslora.Exponent(output)
	standing := Unresolved
	switch {
	case falling.High < -flat && level.Low >= -flat && level.High <= flat:
		standing = Seen
	case falling.Low > -flat || level.High < -flat || level.Low > flat:
		standing = NotSeen
	}
	return finding{standing, fmt.Sprintf("The adapters' final output on the probe batch goes as r to the power of %s under LoRA and %s under rsLoRA, n = %d; level is within ±%g.",
		exponentText(falling), exponentText(level), falling.Seeds, flat)}
}

// otherScalings lists the powers of all scalings.
func otherScalings(s Study) finding {
	standing, texts := Seen, []string{}
	for _, a := range results.Arms(s.Runs) {
		e, err := a.Exponent(metrics.GradNormOnset)
		if err != nil {
			return finding{Unresolved, noFit(err) + "."}
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
		return lacks("rslora")
	}
	return finding{Seen, "The law for ranks far below the width holds to 10%, counted from the smallest rank, for the " + strings.Join(texts, ", for the ") +
		"; the maps are 256 and 688 wide. The onset norms, gradients of A and the loss drop have one law at every rank. For one map of input width d the exact expressions give r ≤ 0.21 d and, for the law of large ranks, r ≥ 4.8 d under SGD."}
}

// phasePoints holds the loss drop's power to 0 where learning should be free of
// rank, and away from it where the other optimizer's should.
func phasePoints(s Study) finding {
	var texts, verdicts []string
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
		if v := verdict(e); v != "no prediction" {
			verdicts = append(verdicts, v)
		}
	}
	return finding{judged(verdicts), "Powers of rank of the first loss drop: " + strings.Join(texts, ", ") + "."}
}

// bestRates holds the power of the best rate under AdamW to the claimed one.
func bestRates(s Study) finding {
	var texts, verdicts []string
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
		early, _ := metrics.LossDropFirst.Theory.Exponent(metrics.SignUpdate, a.Scaling)
		verdicts = append(verdicts, verdict(e))
		texts = append(texts, fmt.Sprintf("p = %s %s (claimed %s, and %s while A has hardly moved; %d of %d best rates inside the grid)",
			number(a.Scaling.P), fit, number(e.Predicted), number(0-early), e.N, e.N+e.Excluded))
	}
	return finding{judged(verdicts), "Powers of rank of the best learning rate under AdamW: " + strings.Join(texts, "; ") + "."}
}

// inits compares onset norms by distribution: their power of rank, and their
// scatter over seeds.
func inits(s Study) finding {
	loss, _ := metrics.StatisticNamed("val_loss")
	var texts, verdicts []string
	for _, a := range results.Arms(s.Runs) {
		e, err := a.Exponent(metrics.GradNormOnset)
		if err != nil {
			return finding{Unresolved, noFit(err) + "."}
		}
		last := a.Cells[len(a.Cells)-1]
		over := last.OverExpected(metrics.GradNormOnset)
		beside := ""
		if over.N > 1 {
			beside = fmt.Sprintf(", its square %s times what theory expects at rank %d", intervalText(over), last.Rank)
		}
		texts = append(texts, fmt.Sprintf("%s, %s: power %s (theory %s)%s, validation loss %s", a.Scheme, results.ValueOf(a.Axes, "init"), exponentText(e), number(e.Predicted), beside, intervalText(last.Statistic(loss))))
		verdicts = append(verdicts, verdict(e))
	}
	return finding{judged(verdicts), "Onset gradient norms and, at the largest rank, losses: " + strings.Join(texts, "; ") + "."}
}
