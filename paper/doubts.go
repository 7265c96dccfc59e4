package paper

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"ranksweep/analysis"
	"ranksweep/metrics/stats"
	"ranksweep/paper/table"
	"ranksweep/results"
)

// addDoubts notes why a reader should not take the numbers of a row at face value. The table
// has a row for each cell.
func addDoubts(t *table.Table, v View) {
	row := 0
	labels, first := v.labels, map[string]string{}
	for j, a := range v.arms {
		for i, c := range a.Cells {
			if twin := first[c.TwinID]; c.TwinID != "" && twin != "" {
				t.Doubt(row, fmt.Sprintf("mathematically identical to %s at rank %d: the two differ only by rounding",
					twin, c.Rank))
			} else {
				first[c.TwinID] = labels[j]
			}
			if done := len(c.Runs) - c.Diverged() - c.Failed(); done == 1 {
				t.Doubt(row, "n = 1: no interval")
			}
			for _, status := range []results.Status{results.Diverged, results.Failed} {
				if text := lost(c, status); text != "" {
					t.Doubt(row, text)
				}
			}
			if n := c.Seeds - len(c.Runs); n > 0 {
				t.Doubt(row, fmt.Sprintf("partial: %d of %d runs of this row", len(c.Runs), c.Seeds))
			}
			if text := unlearned(c); text != "" {
				t.Doubt(row, text)
			}
			if text := localEdges(c); text != "" {
				t.Doubt(row, text)
			}
			for _, w := range c.Warnings {
				t.Doubt(row, w)
			}
			if i == 0 {
				if r := a.SmallestRank(); r != c.Rank {
					t.Doubt(row, fmt.Sprintf("%s: rank %d is missing, so that nothing is relative to it", labels[j], r))
				}
				for _, w := range a.Warnings {
					t.Doubt(row, schemeLabel(a.Scheme)+": "+w)
				}
			}
			row++
		}
	}
	addBestRates(t, v)
}

// unlearned names the runs of a cell that ended with a higher loss than they began with,
// although no value overflowed; empty if there are none.
func unlearned(c analysis.Cell) string {
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
		return "ended with a higher validation loss than before training: seed " + seeds[0]
	}
	return "ended with a higher validation loss than before training: seeds " + strings.Join(seeds, ", ")
}

// lost names the runs of a cell that ended with a status, at which step, and why:
// "diverged: seed 0 at step 3, seed 2 at step 5: the loss is not finite".
func lost(c analysis.Cell, status results.Status) string {
	var seeds, reasons []string
	for _, r := range c.Runs {
		if r.Status != status {
			continue
		}
		seeds = append(seeds, whereLost(r.Run))
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

// whereLost names a run by its seed and its last step, as far as they are known.
func whereLost(r results.Run) string {
	text := "one run"
	if !r.Lacks("seed") {
		text = fmt.Sprintf("seed %d", r.Seed)
	}
	if !r.Lacks("steps") {
		text += fmt.Sprintf(" at step %d", r.Steps)
	}
	return text
}

// addBestRates notes, if the grid has several learning rates, which row has the lowest loss
// among rows that differ in nothing else, and whether its rate lies at the edge of the rates
// tried, so that a better one may lie beyond.
func addBestRates(t *table.Table, v View) {
	losses := v.intervals(v.loss)
	different := withoutRate(v.differing)
	groups := map[string]*rated{}
	var keys []string
	row := 0
	for i, a := range v.arms {
		for _, c := range a.Cells {
			key := []string{a.Scheme, fmt.Sprint(c.Rank)}
			for _, s := range different {
				key = append(key, s.values[i])
			}
			k := strings.Join(key, "\x00")
			if groups[k] == nil {
				keys, groups[k] = append(keys, k), &rated{}
			}
			groups[k].add(row, c.LR, losses[row].Mean)
			row++
		}
	}
	for _, k := range keys {
		if best, text := groups[k].best(); text != "" {
			t.Doubt(best, text)
		}
	}
}

// rated are rows that differ only in their learning rate, with their losses: NaN if no run is
// done.
type rated struct {
	rows   []int
	trials []stats.Trial
}

func (g *rated) add(row int, rate, loss float64) {
	g.rows, g.trials = append(g.rows, row), append(g.trials, stats.Trial{Rate: rate, Loss: loss})
}

// best finds the row with the lowest loss and says among which rows it is the best; there is no
// text if only one rate was tried.
func (g *rated) best() (row int, text string) {
	i, edge := stats.Lowest(g.trials)
	another := func(t stats.Trial) bool { return t.Rate != g.trials[0].Rate }
	switch {
	case i < 0 || !slices.ContainsFunc(g.trials, another):
		return 0, ""
	case edge:
		return g.rows[i], "lowest loss of its rank, at the edge of the learning rates tried: a better rate may lie " +
			"beyond"
	}
	return g.rows[i], "lowest loss of its rank among the learning rates tried"
}
