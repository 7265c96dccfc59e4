package paper

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"ranksweep/analysis"
	"ranksweep/grid"
	"ranksweep/metrics"
	"ranksweep/metrics/stats"
	"ranksweep/paper/number"
	"ranksweep/paper/table"
)

// summaryTable has a row for each cell: its settings, its gradients and losses, and how its
// runs ended.
func summaryTable(v View) table.Table {
	t := table.Table{
		Name:    "summary",
		Title:   "Gradients and loss: mean over seeds ± half of its 95% interval",
		Caption: strings.TrimSpace(v.equal + rangesSentence(v) + runsLost(v)),
	}
	addTraits(&t, v, func(a analysis.Arm) int { return len(a.Cells) })
	type row struct {
		arm analysis.Arm
		analysis.Cell
	}
	var rows []row
	for _, a := range v.arms {
		for _, c := range a.Cells {
			rows = append(rows, row{a, c})
		}
	}
	table.Fill(&t, rows, table.Numbers("rank", func(r row) table.Entry { return rankEntry(r.Cell) }, "rank"))
	if slices.ContainsFunc(v.arms, rateMoves) {
		table.Fill(&t, v.cells, table.Numbers(learningRate, rateEntry(v.cells), tunedFields(v, "lr")...))
	}
	for _, name := range nuisanceAxes(v.arms[0]) {
		if name != "lr" { // the learning rate has its column already
			table.Fill(&t, v.cells, table.Words(name, chosenEntry(v.cells, name), tunedFields(v, name)...))
		}
	}
	statistic := func(s metrics.Statistic) table.Maker[row] {
		return table.Intervals(s.Label, s.Unit, s.Name, func(r row) stats.Interval { return r.Statistic(s) })
	}
	table.Fill(&t, rows,
		table.Detail(table.Numbers("gamma", func(r row) table.Entry { return gammaEntry(r.Cell) }, "gamma")),
		statistic(metrics.GradNormOnset),
		table.Detail(table.Intervals(relativeTo(v), "", "collapse_ratio", func(r row) stats.Interval {
			return r.arm.CollapseRatio(r.Cell)
		})),
		table.Detail(statistic(metrics.GradNormMean)),
		statistic(tokenLoss(v.cells)),
	)
	if v.byBytes() {
		table.Fill(&t, rows, statistic(v.loss))
	}
	table.Fill(&t, rows,
		table.Words("runs", func(r row) table.Entry { return ending(len(r.Runs), r.Diverged(), r.Failed()) },
			"done", "diverged", "failed"),
	)
	addDoubts(&t, v)
	return t
}

// relativeTo names the rank that onset norms are divided by: the smallest of each arm.
func relativeTo(v View) string {
	var smallest []int
	for _, a := range v.ranked().arms {
		smallest = append(smallest, a.SmallestRank())
	}
	slices.Sort(smallest)
	if smallest = slices.Compact(smallest); len(smallest) == 1 {
		return fmt.Sprintf("relative to rank %d", smallest[0])
	}
	return "relative to smallest rank"
}

// ofRanked is an entry that says nothing for a cell without a rank.
func ofRanked(c analysis.Cell, e table.Entry) table.Entry {
	if c.Ranked() {
		return e
	}
	return table.Entry{Text: rankText(0), Values: []string{""}}
}

// rateEntry writes the learning rate of one of cells.
func rateEntry(cells []analysis.Cell) func(analysis.Cell) table.Entry {
	write := number.Alike(distinct(cells, func(s analysis.Setting) float64 { return s.LR })...)
	return func(c analysis.Cell) table.Entry {
		if slices.Contains(c.Nuisance, "lr") && hasLocal(c) {
			return tunedEntry(c, number.Exact(c.LR))
		}
		return table.Exact(write(c.LR), c.LR)
	}
}

// chosenEntry writes the value of one of cells on an axis that is tuned away.
func chosenEntry(cells []analysis.Cell, axis string) func(analysis.Cell) table.Entry {
	var values []string
	for _, c := range cells {
		values = append(values, grid.ValueOf(c.Axes, axis))
	}
	write := number.AlikeTexts(values...)
	return func(c analysis.Cell) table.Entry {
		value := grid.ValueOf(c.Axes, axis)
		e := tunedEntry(c, value)
		if !hasLocal(c) {
			e.Text = write(value)
		}
		return e
	}
}

// addTraits adds the columns that tell arms apart: scheme and traits. Each arm's values are
// repeated in all of its rows.
func addTraits(t *table.Table, v View, rows func(analysis.Arm) int) {
	var of []int // the arm of each row
	for i, a := range v.arms {
		of = append(of, slices.Repeat([]int{i}, rows(a))...)
	}
	table.Fill(t, of, table.Setting(table.Words("scheme", func(i int) table.Entry {
		return table.Entry{Text: schemeLabel(v.arms[i].Scheme), Values: []string{v.arms[i].Scheme}}
	}, "scheme")))
	for _, s := range v.differing {
		table.Fill(t, of, table.Setting(table.Words(s.name, s.entry, s.field)))
	}
}

// ending counts runs by how they ended.
func ending(all, diverged, failed int) table.Entry {
	done := all - diverged - failed
	e := table.Entry{Text: fmt.Sprintf("%d done", done)}
	for _, other := range []struct {
		n    int
		word string
	}{{diverged, "diverged"}, {failed, "failed"}} {
		if other.n > 0 {
			e.Text += fmt.Sprintf(", %d %s", other.n, other.word)
		}
	}
	e.Values = []string{strconv.Itoa(done), strconv.Itoa(diverged), strconv.Itoa(failed)}
	return e
}

// rounded writes a value to four digits.
func rounded(v float64) string { return number.Significant(v, 4) }

// rankEntry is a cell's rank, or that it has none.
func rankEntry(c analysis.Cell) table.Entry { return ofRanked(c, table.Word(strconv.Itoa(c.Rank))) }

// gammaEntry is a cell's multiplier, or that it has none.
func gammaEntry(c analysis.Cell) table.Entry {
	return ofRanked(c, table.Exact(rounded(c.Gamma), c.Gamma))
}
