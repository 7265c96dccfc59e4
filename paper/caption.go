package paper

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"ranksweep/metrics"
	"ranksweep/results"
)

// heldEqual says what all runs have in common, and whether the comparison is
// one at a single learning rate.
func heldEqual(arms []results.Arm) string {
	var equal []string
	for _, t := range traits(arms) {
		switch t.name {
		case "model", "data", "numerics":
			continue // arms are labelled with these where they differ
		}
		if !t.varies() && t.values[0] != "" {
			equal = append(equal, t.name+" "+t.values[0])
		}
	}
	alphas := distinct(ranked(arms), func(r results.Run) float64 { return r.Alpha })
	if len(alphas) == 1 && !slices.ContainsFunc(otherAxes(arms), func(name string) bool { return lastPart(name) == "alpha" }) {
		equal = append(equal, "alpha "+number(alphas[0]))
	}
	text := "All runs share " + strings.Join(equal, ", ") + "."
	if len(equal) == 0 {
		text = "No setting is the same in all runs."
	}
	text += tuning(arms)
	text += dataNote(arms)
	rates := distinct(arms, func(r results.Run) float64 { return r.LR })
	apart := slices.ContainsFunc(otherAxes(arms), func(name string) bool { // A's and B's own rates differ
		return lastPart(name) == "lr_a" || lastPart(name) == "lr_b"
	})
	if len(rates) == 1 && !apart && !slices.Contains(tunedAxes(arms[0]), "lr") {
		return text + fmt.Sprintf(" This is a comparison at one learning rate, %s: a rank or a scheme may do better at another.", number(rates[0]))
	}
	return text
}

// dataNote says by how many examples losses are validated, and what all runs warn
// of: how much of the data was cut, for example.
func dataNote(arms []results.Arm) string {
	all := cells(arms)
	text := ""
	first := all[0].Setting("data.validation")
	if first != "" && first != "1" && !slices.ContainsFunc(all, func(c results.Cell) bool { return c.Setting("data.validation") != first }) {
		text = fmt.Sprintf(" The validation set has %s examples.", first)
	}
	for _, w := range all[0].Warnings {
		if !slices.ContainsFunc(all, func(c results.Cell) bool { return !slices.Contains(c.Warnings, w) }) {
			text += " " + capital(w) + "."
		}
	}
	return text
}

// curveCaption describes a figure of curves: what they are means of, what the
// bands are, which runs are left out, and what was held equal.
func curveCaption(arms []results.Arm, what string, window int, spread spread) string {
	text := fmt.Sprintf("%s against steps, one line a rank: the mean over seeds, %s.", capital(what), seedCount(doneCounts(arms)))
	if window > 1 {
		text += fmt.Sprintf(" Each run is smoothed by the mean of its last %d points.", window)
	}
	if spread == band {
		text += spreadSentence("Bands", doneCounts(arms))
	}
	text += losses(arms)
	if anyDiverged(arms) {
		text += " Diverged runs are drawn by themselves, dashed, up to a cross."
	}
	return text + " " + heldEqual(arms)
}

// counts are the least and the most runs that the means of a figure are over.
type counts struct{ low, high int }

// doneCounts are those of curves.
func doneCounts(arms []results.Arm) counts {
	var all []int
	for _, c := range cells(arms) {
		all = append(all, len(c.Runs)-c.Diverged()-c.Failed())
	}
	return counts{slices.Min(all), slices.Max(all)}
}

// statisticCounts are those of a statistic.
func statisticCounts(arms []results.Arm, s metrics.Statistic) counts {
	var all []int
	for _, c := range cells(arms) {
		all = append(all, c.Statistic(s).N)
	}
	return counts{slices.Min(all), slices.Max(all)}
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
func anyDiverged(arms []results.Arm) bool {
	return slices.ContainsFunc(cells(arms), func(c results.Cell) bool { return c.Diverged() > 0 })
}

// capital begins a sentence with text.
func capital(text string) string { return strings.ToUpper(text[:1]) + text[1:] }

// losses says how many runs are not in every mean; empty where all are.
func losses(arms []results.Arm) string {
	all, diverged, failed := 0, 0, 0
	for _, c := range cells(arms) {
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

// cells are the cells of all arms.
func cells(arms []results.Arm) []results.Cell {
	var all []results.Cell
	for _, a := range arms {
		all = append(all, a.Cells...)
	}
	return all
}

// distinct are the different values of a setting over cells, rising.
func distinct[T cmp.Ordered](arms []results.Arm, of func(results.Run) T) []T {
	var all []T
	for _, c := range cells(arms) {
		all = append(all, of(c.Run))
	}
	slices.Sort(all)
	return slices.Compact(all)
}
