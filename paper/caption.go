package paper

import (
	"cmp"
	"fmt"
	"math"
	"path/filepath"
	"slices"
	"strings"

	"ranksweep/analysis"
	"ranksweep/metrics"
	"ranksweep/paper/figure"
	"ranksweep/paper/number"
	"ranksweep/results"
)

// covered says what of the plan the runs are, and which of them are shown, in sentences; empty if that is all of it.
func (v View) covered() (text string) {
	if !v.coverage.Whole() {
		text = capital(v.coverage.String()) + ". "
	}
	if chosen := v.chosen.String(); chosen != "" {
		text += chosen + " "
	}
	return text
}

// trained says how long runs train which model, as a sentence; empty if the configs do not say it.
func (v View) trained() string {
	size, models := stepSize(v), distinctSettings(v, "model")
	if size == "" {
		return ""
	}
	text := "Each run makes " + size
	if strings.HasPrefix(size, "1 step of up to 1 × ") {
		text += ", on a single example"
	}
	switch {
	case len(models) != 1:
		return text + ". "
	case models[0] == "base":
		return text + ", with " + BaseModel + ". "
	}
	return text + ", with the model " + filepath.Base(models[0]) + ". "
}

// heldEqual says what is trained, what all runs have in common, and whether they have a single
// learning rate.
func (v View) heldEqual() string {
	var equal []string
	for _, t := range traits(v.arms) {
		switch t.field {
		case modelHash, dataHash, "numerics":
			continue // if arms differ in these, their labels say so
		}
		if !t.varies() && t.values[0] != "" {
			equal = append(equal, t.name+" "+t.texts[0])
		}
	}
	equal = append(equal, v.oneSetting()...)
	text := v.trained()
	switch {
	case len(equal) > 0:
		text += "All runs share " + strings.Join(equal, ", ") + "."
	case text == "":
		text = "No setting is the same in all runs."
	}
	text = strings.TrimSpace(text) + v.alphaByScheme() + v.rateRatios()
	text += v.tokenNote() + tuning(v)
	text += dataNote(v)
	ofRate := func(s analysis.Setting) float64 { return s.LR }
	rates, shared := distinct(rankedCells(v.cells), ofRate), "This is a comparison at one learning rate, %s: "
	if len(distinct(v.cells, ofRate)) > 1 {
		shared = "All adapters share the learning rate %s: "
	}
	apart := slices.ContainsFunc(axesOf(v.arms), func(name string) bool { // A's and B's own rates differ
		return lastPart(name) == "lr_a" || lastPart(name) == "lr_b"
	})
	if len(rates) == 1 && !apart && !slices.Contains(nuisanceAxes(v.arms[0]), "lr") {
		return text + fmt.Sprintf(" "+shared+"a rank or a scheme may do better at another.", number.Brief(rates[0])) +
			v.fullRates()
	}
	return text
}

// tokenNote says why losses are those of bytes, and which runs have none; empty if they are those of tokens.
func (v View) tokenNote() string {
	if !v.byBytes() {
		return ""
	}
	text := " The models differ, and may cut text into other tokens: a loss a token of one says nothing beside that " +
		"of another. They are compared by bits per byte of the validation set."
	all, without := 0, 0
	for _, c := range v.cells {
		for _, r := range c.Runs {
			all++
			if r.Status == results.Done && math.IsNaN(r.Statistic(v.loss)) {
				without++
			}
		}
	}
	if without > 0 {
		text += fmt.Sprintf(" %d of %d runs have none, as their records lack the number of bytes: run again, this "+
			"program records it.", without, all)
	}
	return text
}

// fullRates lists the learning rates of runs without a rank; empty if they have one at most.
func (v View) fullRates() string {
	full := slices.DeleteFunc(slices.Clone(v.cells), analysis.Cell.Ranked)
	rates := distinct(full, func(s analysis.Setting) float64 { return s.LR })
	if len(rates) < 2 {
		return ""
	}
	var all []string
	for _, rate := range rates {
		all = append(all, number.Brief(rate))
	}
	last := len(all) - 1
	return fmt.Sprintf(" Full fine-tuning has the learning rates %s and %s.", strings.Join(all[:last], ", "), all[last])
}

// oneSetting has the alpha and the momentum of all runs, where there is one and it is no axis.
func (v View) oneSetting() (equal []string) {
	if alphas := v.alphas(v.cells); len(alphas) == 1 {
		equal = append(equal, "alpha "+number.Brief(alphas[0]))
	}
	isMomentum := func(name string) bool { return lastPart(name) == "momentum" }
	m := distinctSettings(v, "train.momentum")
	if len(m) == 1 && m[0] != "0" && !slices.ContainsFunc(axesOf(v.arms), isMomentum) {
		equal = append(equal, "momentum "+m[0])
	}
	return equal
}

// alphas are the different alphas of cells; none if alpha is an axis.
func (v View) alphas(cells []analysis.Cell) []float64 {
	if slices.ContainsFunc(axesOf(v.arms), func(name string) bool { return lastPart(name) == "alpha" }) {
		return nil
	}
	stated := slices.DeleteFunc(rankedCells(cells), func(c analysis.Cell) bool { return math.IsNaN(c.Alpha) })
	return distinct(stated, func(s analysis.Setting) float64 { return s.Alpha })
}

// alphaByScheme says which alpha each scheme has; empty if all have one, or a scheme has several.
func (v View) alphaByScheme() string {
	if len(v.alphas(v.cells)) < 2 {
		return ""
	}
	var all []string
	for _, scheme := range v.schemes {
		of := slices.DeleteFunc(slices.Clone(v.cells), func(c analysis.Cell) bool { return c.Scheme != scheme })
		switch alphas := v.alphas(of); len(alphas) {
		case 0:
		case 1:
			all = append(all, fmt.Sprintf("%s under %s", number.Brief(alphas[0]), schemeLabel(scheme)))
		default:
			return ""
		}
	}
	return " Alpha is " + strings.Join(all, ", ") + "."
}

// rateRatios says how many times the learning rate of A that of B is, where it is another one.
func (v View) rateRatios() (text string) {
	for _, scheme := range v.schemes {
		i := slices.IndexFunc(v.cells, func(c analysis.Cell) bool { return c.Scheme == scheme })
		if ratio := v.cells[i].Powers.Ratio; ratio != 0 && ratio != 1 {
			text += fmt.Sprintf(" Under %s the learning rate of B is %s times that of A, which is the one shown.",
				schemeLabel(scheme), number.Brief(ratio))
		}
	}
	return text
}

// dataNote says how many examples the validation loss is measured on, and what all runs warn
// of, such as how much of the data was cut off.
func dataNote(v View) string {
	all := v.cells
	text := ""
	first := all[0].Field("data.validation")
	differs := func(c analysis.Cell) bool { return c.Field("data.validation") != first }
	if first != "" && first != "1" && !slices.ContainsFunc(all, differs) {
		text = fmt.Sprintf(" The validation set has %s examples.", first)
	}
	for _, w := range all[0].Warnings {
		if !slices.ContainsFunc(all, func(c analysis.Cell) bool { return !slices.Contains(c.Warnings, w) }) {
			text += " " + capital(w) + "."
		}
	}
	return text
}

// caption describes a figure of curves: what the lines and bands are, which runs are left out,
// and what was held equal.
func (k curves) caption(v View, what string) string {
	n, after := doneCounts(v), runsLost(v)
	if anyDiverged(v) {
		after += " Each diverged run has its own dashed line, which ends in a cross."
	}
	after += " " + v.equal
	if n.high == 0 {
		return capital(what) + " against steps." + after
	}
	text := fmt.Sprintf("%s against steps, one line for each rank: means over seeds, %s.", capital(what), seedCount(n))
	if window := k.smoothing.Window; window > 1 {
		text += fmt.Sprintf(" Each run is smoothed: a point is the mean of the last %d.", window)
	}
	if k.spread == figure.Band {
		text += spreadSentence("Bands", n)
		if k.quantity == metrics.ValLoss {
			text += overSeedsText(n)
		}
	} else {
		text += " Intervals are not drawn: bands would hide lines that lie close together."
	}
	return text + " Where lines lie on each other, that of the largest rank is on top." + after
}

// counts are the smallest and the largest number of runs behind the means of a figure.
type counts struct{ low, high int }

// counts are the smallest and the largest count over all cells; 0 if there are no cells.
func (v View) counts(of func(analysis.Cell) int) (n counts) {
	for i, c := range v.cells {
		if i == 0 {
			n = counts{of(c), of(c)}
		}
		n.low, n.high = min(n.low, of(c)), max(n.high, of(c))
	}
	return n
}

// doneCounts counts the done runs of cells.
func doneCounts(v View) counts {
	return v.counts(func(c analysis.Cell) int { return len(c.Runs) - c.Diverged() - c.Failed() })
}

// statisticCounts counts the runs of cells that have a statistic.
func statisticCounts(v View, s metrics.Statistic) counts {
	return v.counts(func(c analysis.Cell) int { return c.Statistic(s).N })
}

// seedCount writes the number of runs behind a mean: "n = 3", "n = 2 to 3".
func seedCount(n counts) string {
	if n.low == n.high {
		return fmt.Sprintf("n = %d", n.low)
	}
	return fmt.Sprintf("n = %d to %d", n.low, n.high)
}

// spreadName says what a band or bar spans; empty if there is none.
func spreadName(n counts) string {
	switch {
	case n.high < 2:
		return ""
	case n.high == 2:
		return "both seeds"
	case n.low > 2:
		return "95% interval"
	}
	return "95% if n > 2"
}

// spreadSentence says the same at length; name is what it calls the bands or bars.
func spreadSentence(name string, n counts) string {
	const interval = "95%% interval of the mean (Student's t)"
	switch {
	case n.high < 2:
		return ""
	case n.high == 2:
		return fmt.Sprintf(" %s span both seeds.", name)
	case n.low > 2:
		return fmt.Sprintf(" %s are the "+interval+".", name)
	}
	return fmt.Sprintf(" %s are the "+interval+", or span both seeds where only two are done.", name)
}

// overSeedsText says that intervals of validation losses leave out an error; empty if there are no intervals.
func overSeedsText(n counts) string {
	if n.high < 3 {
		return ""
	}
	return " They are over seeds and leave out the error from validation."
}

// anyDiverged reports whether a run diverged.
func anyDiverged(v View) bool {
	return slices.ContainsFunc(v.cells, func(c analysis.Cell) bool { return c.Diverged() > 0 })
}

// capital makes the first letter of a text a capital.
func capital(text string) string { return strings.ToUpper(text[:1]) + text[1:] }

// runsLost says how many runs are missing from some mean; empty if none is.
func runsLost(v View) string {
	all, diverged, failed := 0, 0, 0
	for _, c := range v.cells {
		all += len(c.Runs)
		diverged += c.Diverged()
		failed += c.Failed()
	}
	text := ""
	if diverged > 0 {
		text += fmt.Sprintf(" %d of %d runs diverged: they count only at the onset and the first step.", diverged, all)
	}
	if failed > 0 {
		text += fmt.Sprintf(" %d of %d runs failed and are left out.", failed, all)
	}
	return text
}

// rankedCells are the cells that have a rank.
func rankedCells(cells []analysis.Cell) []analysis.Cell {
	return slices.DeleteFunc(slices.Clone(cells), func(c analysis.Cell) bool { return !c.Ranked() })
}

// distinct are the different values of a setting over cells, in rising order.
func distinct[T cmp.Ordered](cells []analysis.Cell, of func(analysis.Setting) T) []T {
	var all []T
	for _, c := range cells {
		all = append(all, of(c.Setting))
	}
	slices.Sort(all)
	return slices.Compact(all)
}
