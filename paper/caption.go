package paper

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"ranksweep/metrics"
	"ranksweep/paper/figure"
	"ranksweep/paper/number"
	"ranksweep/results"
)

// heldEqual says what all runs have in common, and whether the comparison is
// one at a single learning rate.
func (v View) heldEqual() string {
	var equal []string
	for _, t := range traits(v.arms) {
		switch t.name {
		case "model", "data", "numerics":
			continue // arms are labelled with these where they differ
		}
		if !t.varies() && t.values[0] != "" {
			equal = append(equal, t.name+" "+t.values[0])
		}
	}
	alphas := distinct(rankedCells(v.cells), func(s results.Setting) float64 { return s.Alpha })
	if len(alphas) == 1 && !slices.ContainsFunc(otherAxes(v.arms), func(name string) bool { return lastPart(name) == "alpha" }) {
		equal = append(equal, "alpha "+number.Brief(alphas[0]))
	}
	text := "All runs share " + strings.Join(equal, ", ") + "."
	if len(equal) == 0 {
		text = "No setting is the same in all runs."
	}
	text += tuning(v)
	text += dataNote(v)
	rates := distinct(v.cells, func(s results.Setting) float64 { return s.LR })
	apart := slices.ContainsFunc(otherAxes(v.arms), func(name string) bool { // A's and B's own rates differ
		return lastPart(name) == "lr_a" || lastPart(name) == "lr_b"
	})
	if len(rates) == 1 && !apart && !slices.Contains(tunedAxes(v.arms[0]), "lr") {
		return text + fmt.Sprintf(" This is a comparison at one learning rate, %s: a rank or a scheme may do better at another.", number.Brief(rates[0]))
	}
	return text
}

// dataNote says by how many examples losses are validated, and what all runs warn
// of: how much of the data was cut, for example.
func dataNote(v View) string {
	all := v.cells
	text := ""
	first := all[0].Field("data.validation")
	if first != "" && first != "1" && !slices.ContainsFunc(all, func(c results.Cell) bool { return c.Field("data.validation") != first }) {
		text = fmt.Sprintf(" The validation set has %s examples.", first)
	}
	for _, w := range all[0].Warnings {
		if !slices.ContainsFunc(all, func(c results.Cell) bool { return !slices.Contains(c.Warnings, w) }) {
			text += " " + capital(w) + "."
		}
	}
	return text
}

// caption describes a figure of curves: what they are means of, what the
// bands are, which runs are left out, and what was held equal.
func (k curves) caption(v View, what string) string {
	n := doneCounts(v)
	text := fmt.Sprintf("%s against steps, one line a rank: the mean over seeds, %s.", capital(what), seedCount(n))
	if window := k.smoothing.Window; window > 1 {
		text += fmt.Sprintf(" Each run is smoothed by the mean of its last %d points.", window)
	}
	if k.spread == figure.Band {
		text += spreadSentence("Bands", n)
	}
	text += losses(v)
	if anyDiverged(v) {
		text += " Diverged runs are drawn by themselves, dashed, up to a cross."
	}
	return text + " " + v.equal
}

// counts are the least and the most runs that the means of a figure are over.
type counts struct{ low, high int }

// counts are the least and the most of what cells have; 0 where there are none.
func (v View) counts(of func(results.Cell) int) (n counts) {
	for i, c := range v.cells {
		if i == 0 {
			n = counts{of(c), of(c)}
		}
		n.low, n.high = min(n.low, of(c)), max(n.high, of(c))
	}
	return n
}

// doneCounts are those of curves.
func doneCounts(v View) counts {
	return v.counts(func(c results.Cell) int { return len(c.Runs) - c.Diverged() - c.Failed() })
}

// statisticCounts are those of a statistic.
func statisticCounts(v View, s metrics.Statistic) counts {
	return v.counts(func(c results.Cell) int { return c.Statistic(s).N })
}

// seedCount says how many runs a mean is over: "n = 3", "n = 2 to 3".
func seedCount(n counts) string {
	if n.low == n.high {
		return fmt.Sprintf("n = %d", n.low)
	}
	return fmt.Sprintf("n = %d to %d", n.low, n.high)
}

// spreadName says what a band or bar spans; empty where there is none.
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

// spreadSentence says the same of what it names, at length.
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

// anyDiverged reports whether a run diverged.
func anyDiverged(v View) bool {
	return slices.ContainsFunc(v.cells, func(c results.Cell) bool { return c.Diverged() > 0 })
}

// capital begins a sentence with text.
func capital(text string) string { return strings.ToUpper(text[:1]) + text[1:] }

// losses says how many runs are not in every mean; empty where all are.
func losses(v View) string {
	all, diverged, failed := 0, 0, 0
	for _, c := range v.cells {
		all += len(c.Runs)
		diverged += c.Diverged()
		failed += c.Failed()
	}
	text := ""
	if diverged > 0 {
		text += fmt.Sprintf(" %d of %d runs diverged: they count at the onset and the first step alone.", diverged, all)
	}
	if failed > 0 {
		text += fmt.Sprintf(" %d of %d runs failed and are left out.", failed, all)
	}
	return text
}

// rankedCells are the cells that have a rank.
func rankedCells(cells []results.Cell) []results.Cell {
	return slices.DeleteFunc(slices.Clone(cells), func(c results.Cell) bool { return !c.Ranked() })
}

// distinct are the different values of a setting over cells, rising.
func distinct[T cmp.Ordered](cells []results.Cell, of func(results.Setting) T) []T {
	var all []T
	for _, c := range cells {
		all = append(all, of(c.Setting))
	}
	slices.Sort(all)
	return slices.Compact(all)
}
