package paper

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	"ranksweep/results"
)

// addDoubts notes, for each row of a table with a row a cell, what keeps a
// reader from taking its numbers at face value.
func addDoubts(t *Table, arms []results.Arm) {
	row := 0
	labels, first := armLabels(arms), map[string]string{}
	for j, a := range arms {
		for i, c := range a.Cells {
			if twin := first[c.Function]; c.Function != "" && twin != "" {
				t.doubt(row, fmt.Sprintf("the same function as %s at rank %d, written in another way: they differ by rounding alone", twin, c.Rank))
			} else {
				first[c.Function] = labels[j]
			}
			if done := len(c.Runs) - c.Diverged() - c.Failed(); done == 1 {
				t.doubt(row, "n = 1: no interval")
			}
			for _, status := range []results.Status{results.Diverged, results.Failed} {
				if text := lost(c, status); text != "" {
					t.doubt(row, text)
				}
			}
			if text := unlearned(c); text != "" {
				t.doubt(row, text)
			}
			if text := localEdges(c); text != "" {
				t.doubt(row, text)
			}
			for _, w := range c.Warnings {
				t.doubt(row, w)
			}
			if i == 0 {
				for _, w := range a.Warnings {
					t.doubt(row, schemeLabel(a.Scheme)+": "+w)
				}
			}
			row++
		}
	}
	addBestRates(t, arms)
}

// unlearned names the runs of a cell that ended above where they began, though
// no value of theirs overflowed; empty where none did.
func unlearned(c results.Cell) string {
	var seeds []string
	for _, r := range c.Runs {
		if r.Status == results.Done && r.Learned() < 0 {
			seeds = append(seeds, strconv.FormatUint(r.Seed, 10))
		}
	}
	switch len(seeds) {
	case 0:
		return ""
	case 1:
		return "ended above its validation loss before training: seed " + seeds[0]
	}
	return "ended above their validation loss before training: seeds " + strings.Join(seeds, ", ")
}

// lost names the runs of a cell that ended with a status, where, and why:
// "diverged: seed 0 at step 3, seed 2 at step 5: the loss is not finite".
func lost(c results.Cell, status results.Status) string {
	var seeds, reasons []string
	for _, r := range c.Runs {
		if r.Status != status {
			continue
		}
		seeds = append(seeds, fmt.Sprintf("seed %d at step %d", r.Seed, r.Steps))
		if r.Reason != "" && !slices.Contains(reasons, r.Reason) {
			reasons = append(reasons, r.Reason)
		}
	}
	if len(seeds) == 0 {
		return ""
	}
	text := fmt.Sprintf("%s: %s", status, strings.Join(seeds, ", "))
	if len(reasons) > 0 {
		text += ": " + strings.Join(reasons, "; ")
	}
	return text
}

// addBestRates notes, where the grid has several learning rates, which row has
// the lowest loss among those that differ in nothing else, and whether that
// rate lies at the edge of the rates tried: a better one may then lie beyond.
func addBestRates(t *Table, arms []results.Arm) {
	losses := intervalsOf(arms, lossStatistic(arms))
	different := slices.DeleteFunc(varying(arms), func(s trait) bool { return s.name == learningRate })
	groups := map[string][]rated{}
	var keys []string
	row := 0
	for i, a := range arms {
		for _, c := range a.Cells {
			key := []string{a.Scheme, fmt.Sprint(c.Rank)}
			for _, s := range different {
				key = append(key, s.values[i])
			}
			k := strings.Join(key, "\x00")
			if groups[k] == nil {
				keys = append(keys, k)
			}
			groups[k] = append(groups[k], rated{row, c.LR, losses[row].Mean})
			row++
		}
	}
	for _, k := range keys {
		if best, text := bestRate(groups[k]); text != "" {
			t.doubt(best, text)
		}
	}
}

// rated is a row by its learning rate and loss, NaN where no run is done.
type rated struct {
	row      int
	lr, loss float64
}

// bestRate finds the row with the lowest loss and says what it is best of.
func bestRate(group []rated) (row int, text string) {
	lowest, low, high := math.Inf(1), math.Inf(1), math.Inf(-1)
	best := 0.0
	for _, g := range group {
		low, high = math.Min(low, g.lr), math.Max(high, g.lr)
		if g.loss < lowest {
			lowest, best, row = g.loss, g.lr, g.row
		}
	}
	switch {
	case low >= high || math.IsInf(lowest, 1):
		return 0, ""
	case best == low || best == high:
		return row, "lowest loss of its rank, at the edge of the learning rates tried: a better one may lie beyond"
	}
	return row, "lowest loss of its rank over the learning rates tried"
}
