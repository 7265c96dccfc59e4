package paper

import (
	"fmt"
	"slices"
	"strconv"

	"ranksweep/metrics"
	"ranksweep/metrics/stats"
	"ranksweep/paper/number"
	"ranksweep/paper/table"
	"ranksweep/results"
)

// tuningTable has a row for each cell and each combination of nuisance values that was tried
// for it. The chosen one is marked.
func tuningTable(tuned []results.Tuned) table.Table {
	t := table.Table{
		Name: "tuning",
		Title: "Tuning: final validation loss for each value tried, mean over the seeds of tuning ± half of its 95% " +
			"interval",
		Caption: "For each setting, the values with the lowest mean are chosen for the runs that are reported; " +
			"those have other seeds. Values with a diverged run count as worse than values without one.",
	}
	if tuned[0].Local {
		t.Caption += " The reported runs are on local grids around the chosen values; a grid goes on beyond its " +
			"edge if the best value lies there."
	}
	var grid [][]results.Axis
	var losses []stats.Interval
	var endings, chosen []table.Entry
	for _, cell := range tuned {
		for i, c := range cell.Candidates {
			grid = append(grid, slices.Concat(cell.Axes, c.Axes))
			losses = append(losses, c.Loss())
			endings = append(endings, ending(len(c.Runs), c.Diverged(), c.Failed()))
			if i == cell.Best {
				chosen = append(chosen, table.Word("chosen"))
			} else {
				chosen = append(chosen, table.Word(""))
			}
		}
	}
	addAxes(&t, grid)
	loss := metrics.ValLossFinal
	t.Add(table.Intervals(loss.Label, loss.Unit, loss.Name, losses))
	t.Add(table.Column{Head: "runs", Fields: []string{"done", "diverged", "failed"}}, endings)
	t.Add(table.Column{Fields: []string{"chosen"}}, chosen)
	addTuningDoubts(&t, tuned)
	return t
}

// addTuningDoubts notes which runs are missing, and why a chosen row may not be the best.
func addTuningDoubts(t *table.Table, tuned []results.Tuned) {
	row := 0
	for _, cell := range tuned {
		for i, c := range cell.Candidates {
			if c.Missing > 0 {
				t.Doubt(row, fmt.Sprintf("missing runs: %d, so nothing is chosen yet", c.Missing))
			}
			if i == cell.Best {
				for _, text := range cell.Doubts() {
					t.Doubt(row, text)
				}
			}
			row++
		}
	}
}

// addAxes adds a column for each axis. All rows have the same axes.
func addAxes(t *table.Table, rows [][]results.Axis) {
	for i, axis := range rows[0] {
		var entries []table.Entry
		numbers := true
		for _, row := range rows {
			e := table.Word(row[i].Value)
			if v, err := strconv.ParseFloat(e.Text, 64); axis.Name == "rank" && v == 0 && err == nil {
				e.Text = rankText(0)
			} else if err == nil {
				e.Text = number.Brief(v)
			} else {
				numbers = false
			}
			entries = append(entries, e)
		}
		t.Add(table.Column{Head: axis.Name, Fields: []string{axis.Name}, Number: numbers}, entries)
	}
}
