package paper

import (
	"fmt"
	"math"

	"ranksweep/metrics"
	"ranksweep/results"
)

// onsetPattern holds the onset norms of LoRA and rsLoRA to −½ and 0.
func onsetPattern(lora, rslora results.Arm) Finding {
	arms := []results.Arm{lora, rslora}
	return Finding{
		Standing: judged(verdicts(arms, metrics.GradNormOnset)),
		Text:     "Both powers of rank must agree with theory, over ranks " + rankRange(lora) + ".",
		Tables:   []Table{exponentsTable(arms, []metrics.Statistic{metrics.GradNormOnset})},
	}
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

// withinOrder compares the spread over ranks of the gradient norm, at the step at
// which it is largest.
func withinOrder(lora, rslora results.Arm) Finding {
	standing, narrow, wide := NotSeen, rankSpread(rslora), rankSpread(lora)
	if narrow < 10 && wide > narrow {
		standing = Seen
	}
	mean, _ := metrics.StatisticNamed("grad_norm_mean")
	return Finding{
		Standing: standing,
		Text: fmt.Sprintf("At the step at which it is most, the largest mean over ranks %s is %s times the smallest under rsLoRA, of which 10 is an order of magnitude, and %s times under LoRA, which must be more.",
			rankRange(rslora), rounded(narrow), rounded(wide)),
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
	early, _ := metrics.StatisticNamed("adapter_output_first")
	first, _ := rslora.Exponent(early)
	return Finding{
		Standing: fallsAndStays(falling, level),
		Text: fmt.Sprintf("The power of rank must be below -%g under LoRA and within ±%g under rsLoRA. Of the first output under rsLoRA theory for %s has it between %s and %s.",
			flat, flat, rslora.Optimizer, number(first.Predicted), number(first.Predicted+first.Rise)),
		Tables: []Table{exponentsTable([]results.Arm{lora, rslora}, []metrics.Statistic{output})},
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
