package paper

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"ranksweep/metrics"
	"ranksweep/metrics/stats"
	"ranksweep/paper/number"
	"ranksweep/paper/table"
	"ranksweep/results"
)

// summaryTable has a row for each cell: its settings, its gradients and losses, and how its
// runs ended.
func summaryTable(v View) table.Table {
	t := table.Table{
		Name:    "summary",
		Title:   "Gradients and loss: mean over seeds ± half of its 95% interval",
		Caption: strings.TrimSpace(v.equal + rangesSentence(v) + runsLost(v)),
	}
	addSettings(&t, v, func(a results.Arm) int { return len(a.Cells) })
	var ranks, rates, gammas, endings []table.Entry
	var ratios []stats.Interval
	for _, a := range v.arms {
		for _, c := range a.Cells {
			ranks = append(ranks, rankEntry(c))
			rates = append(rates, rateEntry(c))
			gamma := table.Entry{Text: rounded(c.Gamma), Values: []string{number.Exact(c.Gamma)}}
			gammas = append(gammas, ofRanked(c, gamma))
			ratios = append(ratios, a.CollapseRatio(c))
			endings = append(endings, ending(len(c.Runs), c.Diverged(), c.Failed()))
		}
	}
	t.Add(table.Column{Head: "rank", Fields: []string{"rank"}, Number: true}, ranks)
	if slices.ContainsFunc(v.arms, rateMoves) {
		t.Add(table.Column{Head: learningRate, Fields: tunedFields(v, "lr"), Number: true}, rates)
	}
	for _, name := range tunedAxes(v.arms[0]) {
		if name != "lr" { // the learning rate has its column already
			addTuned(&t, v, name)
		}
	}
	t.Add(table.Column{Head: "gamma", Fields: []string{"gamma"}, Number: true}, gammas)
	addStatistic(&t, v, metrics.GradNormOnset)
	t.Add(table.Intervals(relativeTo(v), "", "collapse_ratio", ratios))
	addStatistic(&t, v, metrics.GradNormMean)
	addStatistic(&t, v, v.loss)
	t.Add(table.Column{Head: "runs", Fields: []string{"done", "diverged", "failed"}}, endings)
	addDoubts(&t, v)
	return t
}

// relativeTo names the rank that onset norms are divided by: the smallest of each arm.
func relativeTo(v View) string {
	var smallest []int
	for _, a := range v.ranked().arms {
		smallest = append(smallest, a.Cells[0].Rank)
	}
	slices.Sort(smallest)
	if smallest = slices.Compact(smallest); len(smallest) == 1 {
		return fmt.Sprintf("relative to rank %d", smallest[0])
	}
	return "relative to smallest rank"
}

// ofRanked is an entry that says nothing for a cell without a rank.
func ofRanked(c results.Cell, e table.Entry) table.Entry {
	if c.Ranked() {
		return e
	}
	return table.Entry{Text: rankText(0), Values: []string{""}}
}

// addTuned adds the chosen values of an axis, one for each cell.
func addTuned(t *table.Table, v View, name string) {
	var entries []table.Entry
	for _, c := range v.cells {
		entries = append(entries, tunedEntry(c, results.ValueOf(c.Axes, name)))
	}
	t.Add(table.Column{Head: name, Fields: tunedFields(v, name)}, entries)
}

// rateEntry is the learning rate of a cell.
func rateEntry(c results.Cell) table.Entry {
	if slices.Contains(c.Tuned, "lr") && hasLocal(c) {
		return tunedEntry(c, number.Exact(c.LR))
	}
	return table.Entry{Text: number.Brief(c.LR), Values: []string{number.Exact(c.LR)}}
}

// addSettings adds the columns that tell arms apart; each arm's values are repeated in all of
// its rows.
func addSettings(t *table.Table, v View, rows func(results.Arm) int) {
	repeat := func(head, name string, of func(i int) table.Entry) {
		var entries []table.Entry
		for i, a := range v.arms {
			for range rows(a) {
				entries = append(entries, of(i))
			}
		}
		t.Add(table.Column{Head: head, Fields: []string{name}}, entries)
	}
	repeat("scheme", "scheme", func(i int) table.Entry {
		return table.Entry{Text: schemeLabel(v.arms[i].Scheme), Values: []string{v.arms[i].Scheme}}
	})
	for _, s := range v.differing {
		repeat(s.name, s.field, func(i int) table.Entry { return table.Word(s.values[i]) })
	}
}

// addStatistic adds the intervals of a statistic, one for each cell.
func addStatistic(t *table.Table, v View, s metrics.Statistic) {
	t.Add(table.Intervals(s.Label, s.Unit, s.Name, v.intervals(s)))
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

// rounded writes a setting to four digits.
func rounded(v float64) string { return number.Significant(v, 4) }

// rankEntry is a cell's rank, or that it has none.
func rankEntry(c results.Cell) table.Entry { return ofRanked(c, table.Word(strconv.Itoa(c.Rank))) }
