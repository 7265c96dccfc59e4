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
func (v View) size(w Widths) string {
	parts := []string{strings.Join(optimizersOf(v), ", "), rateSize(v)}
	parts = append(parts, stepSize(v))
	if all := slices.DeleteFunc(slices.Clone(v.ranks), func(r int) bool { return r == 0 }); len(all) > 0 {
		parts = append(parts, ranksText(all), w.note(all))
	}
	parts = append(parts, seedCount(runCounts(v)))
	return strings.Join(slices.DeleteFunc(parts, func(p string) bool { return p == "" }), "; ")
}

// stepSize says how many steps of how many tokens runs make; empty if their configs do not say it.
func stepSize(v View) string {
	steps := distinctSettings(v, "train.steps")
	text := ""
	switch last := len(steps) - 1; {
	case last < 0:
		return ""
	case last > 0:
		text = steps[0] + " to " + steps[last] + " steps"
	case steps[0] == "1":
		text = "1 step"
	default:
		text = steps[0] + " steps"
	}
	batch, context := distinctSettings(v, "train.batch"), distinctSettings(v, "train.context")
	if len(batch) == 1 && len(context) == 1 {
		text += fmt.Sprintf(" of up to %s × %s tokens", batch[0], context[0])
	}
	return text
}

// ranksText names ranks: all, if they are few, or the first and the last.
func ranksText(ranks []int) string {
	last := len(ranks) - 1
	switch {
	case last == 0:
		return fmt.Sprintf("rank %d", ranks[0])
	case last >= listed:
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
	first, last := rates[0], rates[len(rates)-1]
	write := number.Alike(first, last)
	return fmt.Sprintf("learning rates %s to %s", write(first), write(last)) + ownRates(v)
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
