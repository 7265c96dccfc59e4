package paper

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"ranksweep/analysis"
	"ranksweep/metrics"
	"ranksweep/metrics/stats"
	"ranksweep/paper/number"
	"ranksweep/paper/table"
	"ranksweep/results"
	"ranksweep/theory"
)

// normSpread judges the ratio of the largest gradient norm over ranks to the smallest, at the
// step at which it is largest: it must be below an order of magnitude under rsLoRA and above
// it under LoRA. Each seed has its own ratio.
func normSpread(r Rule, v View) Finding {
	v, lora, rslora, ok := r.pair(v)
	if !ok {
		return lacking("LoRA or rsLoRA")
	}
	order := r.limit("order")
	narrow, wide := rankSpread(rslora), rankSpread(lora)
	f := Finding{Standing: Unresolved, Numbers: []Number{
		meanNumber("ratio under rsLoRA", narrow), meanNumber("ratio under LoRA", wide),
	}}
	switch {
	case narrow.High < order && wide.Low > order:
		f.Standing = Seen
	case narrow.Low > order || wide.High < order:
		f.Standing = NotSeen
		f.Off = fmt.Sprintf("the ratios are %s and %s", number.Significant(narrow.Mean, 3),
			number.Significant(wide.Mean, 3))
	}
	low, high := rslora.Cells[0].Rank, rslora.Cells[len(rslora.Cells)-1].Rank
	f.Text = fmt.Sprintf("Over ranks %s (n = %d) the ratio is %s under rsLoRA. Under LoRA it is %s, which is %s "+
		"orders of magnitude. By theory LoRA's ratio at the onset is √(%d/%d) = %s. So the choice of ranks decides "+
		"LoRA's half of the claim: up to rank %d that ratio would be at most %s.",
		rankRange(rslora), narrow.N, intervalText(narrow), intervalText(wide), number.Fixed(math.Log10(wide.Mean), 2),
		high, low, number.Significant(math.Sqrt(float64(high)/float64(low)), 3), int(order*order)*low,
		number.Brief(order)) + fellText(lora, rslora)
	mean := metrics.GradNormMean
	f.Tables = []table.Table{exponentsTable(v, []metrics.Statistic{mean})}
	return f
}

// fellText says how much adapters learned while their gradients were measured.
func fellText(lora, rslora analysis.Arm) string {
	span := func(a analysis.Arm) string {
		var all []float64
		for _, c := range a.Cells {
			all = append(all, fell(c))
		}
		return rangeText(slices.Min(all), slices.Max(all))
	}
	return fmt.Sprintf(" In training, the validation loss fell by %s of itself under LoRA and by %s "+
		"under rsLoRA: means "+
		"over seeds, the lowest and the highest of all ranks.", span(lora), span(rslora))
}

// rangeText is a range in percent, with two digits; one number if both ends are the same.
func rangeText(low, high float64) string {
	a, b := number.Significant(low, 2), number.Significant(high, 2)
	if a == b {
		return a + "%"
	}
	return a + "% to " + b + "%"
}

// fell is how far the validation loss of a cell fell, in percent of the loss before any
// update: the mean over seeds.
func fell(c analysis.Cell) float64 {
	var all []float64
	for _, r := range c.Runs {
		all = append(all, 100*r.Learned()/(r.Learned()+r.Statistic(metrics.ValLossFinal)))
	}
	return stats.MeanInterval(all).Mean
}

// rankSpread is the largest ratio, over all steps, between the gradient norms of two ranks of
// one seed: its interval over seeds.
func rankSpread(a analysis.Arm) stats.Interval {
	type at struct {
		seed uint64
		step int
	}
	low, high := make(map[at]float64), make(map[at]float64)
	for _, c := range a.Cells {
		for _, r := range c.Runs {
			for _, p := range r.Curve {
				v, k := p.Values[metrics.GradNorm], at{r.Seed, p.Step}
				if math.IsNaN(v) || r.Status != results.Done {
					continue
				}
				if l, ok := low[k]; !ok || v < l {
					low[k] = v
				}
				high[k] = math.Max(high[k], v)
			}
		}
	}
	most := make(map[uint64]float64)
	for k := range low {
		most[k.seed] = math.Max(most[k.seed], high[k]/low[k])
	}
	var ratios []float64
	for _, c := range a.Cells[0].Runs {
		if v, ok := most[c.Seed]; ok {
			ratios = append(ratios, v)
		}
	}
	return stats.MeanInterval(ratios)
}

// pattern compares onset norms with theory as [powers] does. Onset norms do not depend on the
// optimizer, so it also asks of the mean norm over training that it falls with rank under
// LoRA and stays level under rsLoRA.
func pattern(r Rule, v View) Finding {
	v, lora, rslora, ok := r.pair(v)
	if !ok {
		return lacking("LoRA or rsLoRA")
	}
	mean := metrics.GradNormMean
	onset := predictedFits(v, []metrics.Statistic{metrics.GradNormOnset})
	f := heldToTheory(onset, r.limit("tolerance"), r.limit("level"))
	stands := fallsAndStays(lora, rslora, mean, r.limit("flat"))
	if stands.Standing == NotSeen {
		f.Off = stands.Off
	}
	f.Standing, f.Numbers = worse(f.Standing, stands.Standing), append(f.Numbers, stands.Numbers...)
	f.Text += fellText(lora, rslora)
	f.Tables = []table.Table{exponentsTable(v, []metrics.Statistic{metrics.GradNormOnset, mean})}
	return f
}

// fallsAndStays judges whether a statistic's power of rank is below -flat in one arm and
// within ±flat in another.
func fallsAndStays(falling, level analysis.Arm, s metrics.Statistic, flat float64) Finding {
	a, b := newFit(falling, s), newFit(level, s)
	f := Finding{Standing: Unresolved, Numbers: []Number{a.number(), b.number()}}
	switch {
	case a.High < -flat && b.Low >= -flat && b.High <= flat:
		f.Standing = Seen
	case a.Low > -flat || b.High < -flat || b.Low > flat:
		f.Standing = NotSeen
		f.Off = offFlat(math.Max(offRange(a.Value, math.Inf(-1), -flat), offRange(b.Value, -flat, flat)), flat)
	}
	return f
}

// outputs judges the powers of rank of the adapters' outputs at the end.
func outputs(r Rule, v View) Finding {
	v, lora, rslora, ok := r.pair(v)
	if !ok {
		return lacking("LoRA or rsLoRA")
	}
	statistics := r.statistics()
	f := fallsAndStays(lora, rslora, statistics[0], r.limit("flat"))
	first := metrics.AdapterOutputFirst
	e, _ := rslora.Exponent(first)
	limit := number.Brief(r.limit("flat"))
	f.Text = fmt.Sprintf("Under LoRA the power is %s, and the claim has it below -%s; under rsLoRA it is %s, and "+
		"the claim "+
		"has it within ±%s. ", fittedText(newFit(lora, statistics[0]).Exponent), limit,
		fittedText(newFit(rslora, statistics[0]).Exponent), limit)
	f.Text += fmt.Sprintf("For the first output under rsLoRA with %s, theory predicts a power of rank between %s and "+
		"%s. The table also has the output of the whole map, which the paper plots: most of that is Wx, the output "+
		"of the frozen map.",
		rslora.Optimizer, number.Brief(e.Predicted), number.Brief(e.Predicted+e.Rise)) + fellText(lora, rslora)
	f.Tables = []table.Table{exponentsTable(v, statistics)}
	return f
}

// onlySqrtOnset judges whether the power of rank of the onset norm is within ±flat under
// rsLoRA and outside of that under every other scheme.
func onlySqrtOnset(r Rule, v View) Finding {
	v = r.of(v)
	flat := r.limit("flat")
	if !besideOthers(v, "rslora") {
		return lacking("rsLoRA beside another multiplier")
	}
	f := Finding{Standing: Seen, Tables: []table.Table{exponentsTable(v, []metrics.Statistic{metrics.GradNormOnset})}}
	f.Text = "The norm is proportional to γ√r by identity, so this tests the program."
	far := 0.0
	for _, a := range v.arms {
		e := newFit(a, metrics.GradNormOnset)
		if e.err != nil || math.IsNaN(e.Low) {
			return Finding{Standing: Unresolved, Text: "There is no interval for " + schemeLabel(a.Scheme) + "."}
		}
		f.Numbers = append(f.Numbers, e.number())
		level, off := e.Low >= -flat && e.High <= flat, e.Low > flat || e.High < -flat
		switch rslora := a.Scheme == "rslora"; {
		case rslora && off, !rslora && level:
			far = math.Max(far, offStable(e.Value, flat, rslora))
			f.Standing, f.Off = NotSeen, offFlat(far, flat)
		case !level && !off && f.Standing == Seen:
			f.Standing = Unresolved
		}
	}
	return f
}

// onlySqrtStable judges stability as theory and the rank check do: by the power of rank of
// the first loss drop. rsLoRA must be stable, and no other scheme.
func onlySqrtStable(r Rule, v View) Finding {
	v = r.of(v)
	if !besideOthers(v, "rslora") {
		return lacking("rsLoRA beside another multiplier under " + strings.Join(r.Optimizers, ", "))
	}
	verdicts, _ := verdictTable(v)
	drop := []metrics.Statistic{metrics.LossDropFirst}
	f := Finding{Standing: Seen, Text: checkedText(v, drop), Beware: uncheckedText(v), Tables: []table.Table{verdicts}}
	far, flat := 0.0, r.limit("flat")
	for _, a := range v.arms {
		e := newFit(a, metrics.LossDropFirst)
		f.Numbers = append(f.Numbers, e.number())
		switch saw := stabilityOf(e.Exponent, flat); {
		case (saw == theory.Stable) != (a.Scheme == "rslora") && saw != undecided:
			far = math.Max(far, offStable(e.Value, flat, a.Scheme == "rslora"))
			f.Standing, f.Off = NotSeen, offFlat(far, flat)
		case saw == undecided && f.Standing == Seen:
			f.Standing = Unresolved
		}
	}
	if text := unbelievable(v.arms, drop); text != "" {
		f.Standing, f.Text = Unresolved, text+" "+f.Text
	}
	return f
}

// offStable is how far a power is from within ±flat, where the claim puts it if stable, or else from
// outside of that.
func offStable(power, flat float64, stable bool) float64 {
	if stable {
		return offRange(power, -flat, flat)
	}
	return offLimit(power, flat)
}

// besideOthers reports whether there are arms of a scheme and of others. Without others one
// cannot see that the scheme is the only one.
func besideOthers(v View, scheme string) bool {
	all := v.schemes
	return len(all) > 1 && slices.Contains(all, scheme)
}
