package paper

import (
	"fmt"
	"slices"
	"strings"

	"ranksweep/analysis"
	"ranksweep/paper/number"
)

// size says what a study covers: optimizers, learning rates, steps and tokens in a step,
// ranks, and seeds.
func (v View) size() string {
	parts := []string{strings.Join(optimizersOf(v), ", "), rateSize(v)}
	steps := distinctSettings(v, "train.steps")
	if len(steps) > 1 {
		steps = []string{steps[0] + " to " + steps[len(steps)-1]}
	}
	text := strings.Join(steps, "") + " steps"
	if text == "1 steps" {
		text = "1 step"
	}
	batch, context := distinctSettings(v, "train.batch"), distinctSettings(v, "train.context")
	if len(batch) == 1 && len(context) == 1 {
		text += fmt.Sprintf(" of up to %s × %s tokens", batch[0], context[0])
	}
	parts = append(parts, text)
	if all := slices.DeleteFunc(slices.Clone(v.ranks), func(r int) bool { return r == 0 }); len(all) > 1 {
		parts = append(parts, rankSize(all))
	} else if len(all) == 1 {
		parts = append(parts, fmt.Sprintf("rank %d", all[0]))
	}
	parts = append(parts, seedCount(runCounts(v)))
	return strings.Join(slices.DeleteFunc(parts, func(p string) bool { return p == "" }), "; ")
}

// rankSize names two or more ranks: all, if they are few, or the first and the last.
func rankSize(ranks []int) string {
	last := len(ranks) - 1
	if last >= listed {
		return fmt.Sprintf("%d ranks from %d to %d", len(ranks), ranks[0], ranks[last])
	}
	return fmt.Sprintf("ranks %s and %d", strings.Trim(strings.ReplaceAll(fmt.Sprint(ranks[:last]), " ", ", "), "[]"),
		ranks[last])
}

// runCounts are the smallest and the largest number of runs of a cell.
func runCounts(v View) counts {
	return v.counts(func(c analysis.Cell) int { return len(c.Runs) })
}

// optimizersOf are the optimizers of arms, each once, in order.
func optimizersOf(v View) (names []string) {
	for _, a := range v.arms {
		if !slices.Contains(names, a.Optimizer) {
			names = append(names, a.Optimizer)
		}
	}
	return names
}

// rateSize names the learning rates of arms that have ranks: one, a range, or each its own. A's
// own rates come after them.
func rateSize(v View) string {
	if slices.Contains(nuisanceAxes(v.arms[0]), "lr") {
		return "each at its own learning rate"
	}
	rates := distinct(rankedCells(v.cells), func(s analysis.Setting) float64 { return s.LR })
	switch len(rates) {
	case 0:
		return ""
	case 1:
		return "learning rate " + number.Brief(rates[0]) + ownRates(v)
	}
	return fmt.Sprintf("learning rates %s to %s", number.Brief(rates[0]), number.Brief(rates[len(rates)-1])) +
		ownRates(v)
}

// ownRates names the learning rates of A where it has its own; empty if it has none.
func ownRates(v View) string {
	own := slices.DeleteFunc(distinctSettings(v, "train.lr_a"), func(rate string) bool { return rate == "0" })
	switch len(own) {
	case 0:
		return ""
	case 1:
		return ", of A " + own[0]
	default:
		return fmt.Sprintf(", of A up to %s", own[len(own)-1])
	}
}

// distinctSettings are the different values of a field of the config over cells; whole numbers
// are in rising order.
func distinctSettings(v View, path string) (values []string) {
	for _, c := range v.cells {
		if v := c.Field(path); v != "" && !slices.Contains(values, v) {
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
