package paper

import (
	"fmt"
	"slices"
	"strconv"

	"ranksweep/grid"
	"ranksweep/metrics"
	"ranksweep/metrics/stats"
	"ranksweep/paper/number"
	"ranksweep/paper/table"
)

// tuningName is the name of the table of tuning.
const tuningName = "tuning"

// tuningTable has a row for each cell and each combination of nuisance values that was tried
// for it. The chosen one is marked.
func tuningTable(choices []grid.Choice) table.Table {
	t := table.Table{
		Name: tuningName,
		Title: "Tuning: final validation loss for each value tried, mean over the seeds of tuning ± half of its 95% " +
			"interval",
		Caption: "For each setting, the values with the lowest mean are chosen for the runs that are reported; " +
			"those have other seeds. Values with a diverged run count as worse than values without one.",
	}
	if choices[0].Local {
		t.Caption += " The reported runs are on local grids around the chosen values; a grid goes on beyond its " +
			"edge if the best value lies there."
	}
	type row struct {
		grid.Candidate
		chosen string
	}
	var rows []row
	var axes [][]grid.Coordinate
	for _, cell := range choices {
		for i, c := range cell.Candidates {
			axes = append(axes, slices.Concat(cell.Axes, c.Axes))
			rows = append(rows, row{Candidate: c})
			if i == cell.Best {
				rows[len(rows)-1].chosen = "chosen"
			}
		}
	}
	addAxes(&t, axes)
	loss := metrics.ValLossFinal
	table.Fill(&t, rows,
		table.Intervals(loss.Label, loss.Unit, loss.Name, func(r row) stats.Interval { return r.Loss() }),
		table.Words("runs", func(r row) table.Entry { return ending(len(r.Results), r.Diverged(), r.Failed()) },
			"done", "diverged", "failed"),
		table.Words("", func(r row) string { return r.chosen }, "chosen"),
	)
	addTuningDoubts(&t, choices)
	return t
}

// addTuningDoubts notes which runs are missing, and why a chosen row may not be the best.
func addTuningDoubts(t *table.Table, choices []grid.Choice) {
	row := 0
	for _, cell := range choices {
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
func addAxes(t *table.Table, rows [][]grid.Coordinate) {
	for i, axis := range rows[0] {
		column := table.Numbers[[]grid.Coordinate, table.Entry]
		if slices.ContainsFunc(rows, func(row []grid.Coordinate) bool { return !numeric(row[i]) }) {
			column = table.Words
		}
		var values []string
		for _, row := range rows {
			values = append(values, row[i].Value)
		}
		write := number.AlikeTexts(values...)
		entry := func(row []grid.Coordinate) table.Entry { return axisEntry(row[i], write) }
		table.Fill(t, rows, column(axis.Name, entry, axis.Name))
	}
}

func numeric(a grid.Coordinate) bool {
	_, err := strconv.ParseFloat(a.Value, 64)
	return err == nil
}

func axisEntry(a grid.Coordinate, write func(string) string) table.Entry {
	e := table.Word(a.Value)
	e.Text = write(a.Value)
	if v, err := strconv.ParseFloat(a.Value, 64); a.Name == "rank" && v == 0 && err == nil {
		e.Text = rankText(0)
	}
	return e
}
