package paper

import (
	"fmt"
	"slices"
	"strings"

	"ranksweep/results"
)

// size says of how much a study tells: optimizers, rates, steps and tokens a step,
// ranks, and seeds.
func (s Study) size(r Rule) string {
	arms := r.arms(s)
	if len(arms) == 0 {
		return ""
	}
	parts := []string{strings.Join(optimizersOf(arms), ", "), rateSize(arms)}
	steps := distinctSettings(arms, "train.steps")
	if len(steps) > 1 {
		steps = []string{steps[0] + " to " + steps[len(steps)-1]}
	}
	text := strings.Join(steps, "") + " steps"
	if text == "1 steps" {
		text = "1 step"
	}
	batch, context := distinctSettings(arms, "train.batch"), distinctSettings(arms, "train.context")
	if len(batch) == 1 && len(context) == 1 {
		text += fmt.Sprintf(" of %s × %s tokens at most", batch[0], context[0])
	}
	parts = append(parts, text)
	if all := slices.DeleteFunc(ranks(arms), func(r int) bool { return r == 0 }); len(all) > 1 {
		parts = append(parts, fmt.Sprintf("ranks %d to %d", all[0], all[len(all)-1]))
	} else if len(all) == 1 {
		parts = append(parts, fmt.Sprintf("rank %d", all[0]))
	}
	parts = append(parts, seedCount(runCounts(arms)))
	return strings.Join(slices.DeleteFunc(parts, func(p string) bool { return p == "" }), "; ")
}

// runCounts are the least and the most runs of a cell.
func runCounts(arms []results.Arm) counts {
	var all []int
	for _, c := range cells(arms) {
		all = append(all, len(c.Runs))
	}
	return counts{slices.Min(all), slices.Max(all)}
}

// optimizersOf are the optimizers of arms, each once, in order.
func optimizersOf(arms []results.Arm) (names []string) {
	for _, a := range arms {
		if !slices.Contains(names, a.Optimizer) {
			names = append(names, a.Optimizer)
		}
	}
	return names
}

// rateSize names the learning rates of what has a rank: one, several, or each cell's
// own.
func rateSize(arms []results.Arm) string {
	if slices.Contains(tunedAxes(arms[0]), "lr") {
		return "each at its own rate"
	}
	ranked := slices.DeleteFunc(slices.Clone(arms), func(a results.Arm) bool { return a.Scheme == fullFineTuning })
	rates := distinct(ranked, func(r results.Run) float64 { return r.LR })
	switch len(rates) {
	case 0:
		return ""
	case 1:
		return "rate " + number(rates[0])
	}
	return fmt.Sprintf("rates %s to %s", number(rates[0]), number(rates[len(rates)-1]))
}

// distinctSettings are the different values of a field of the config over cells,
// rising where they are numbers of one length.
func distinctSettings(arms []results.Arm, path string) (values []string) {
	for _, c := range cells(arms) {
		if v := c.Setting(path); v != "" && !slices.Contains(values, v) {
			values = append(values, v)
		}
	}
	slices.SortFunc(values, func(a, b string) int {
		if len(a) != len(b) {
			return len(a) - len(b)
		}
		return strings.Compare(a, b)
	})
	return values
}
