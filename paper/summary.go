package paper

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	"ranksweep/metrics"
	"ranksweep/metrics/stats"
	"ranksweep/results"
)

// summaryTable has a row a cell: what was set, what happened to the gradients
// and the loss, and how its runs ended.
func summaryTable(arms []results.Arm) Table {
	t := Table{
		Name:    "summary",
		Title:   "Gradients and loss: mean over seeds ± half of its 95% interval",
		Caption: strings.TrimSpace(heldEqual(arms) + rangesSentence(arms) + losses(arms)),
	}
	addSettings(&t, arms, func(a results.Arm) int { return len(a.Cells) })
	var ranks, rates, gammas, endings []Entry
	var ratios []stats.Interval
	for _, a := range arms {
		for _, c := range a.Cells {
			ranks = append(ranks, rankEntry(c))
			rates = append(rates, rateEntry(c))
			gammas = append(gammas, ofRanked(c, Entry{Text: rounded(c.Gamma), Values: []string{field(c.Gamma)}}))
			ratios = append(ratios, a.CollapseRatio(c))
			endings = append(endings, ending(c))
		}
	}
	t.add(Column{Head: "rank", Fields: []string{"rank"}, Number: true}, ranks)
	if slices.ContainsFunc(arms, rateMoves) {
		t.add(Column{Head: learningRate, Fields: tunedFields(arms, "lr"), Number: true}, rates)
	}
	for _, name := range tunedAxes(arms[0]) {
		if name != "lr" { // which has its column already
			addTuned(&t, arms, name)
		}
	}
	t.add(Column{Head: "gamma", Fields: []string{"gamma"}, Number: true}, gammas)
	addStatistic(&t, arms, "onset gradient norm", "grad_norm_onset")
	t.add(intervalColumn("over smallest rank", "collapse_ratio", ratios))
	addStatistic(&t, arms, "mean gradient norm", "grad_norm_mean")
	if name := lossStatistic(arms); name == "val_loss" {
		addStatistic(&t, arms, "validation loss", name)
	} else {
		addStatistic(&t, arms, "training loss", name)
	}
	t.add(Column{Head: "runs", Fields: []string{"done", "diverged", "failed"}}, endings)
	addDoubts(&t, arms)
	return t
}

// ofRanked is an entry of what a cell without a rank has not.
func ofRanked(c results.Cell, e Entry) Entry {
	if c.Ranked() {
		return e
	}
	return Entry{Text: rankText(0), Values: []string{""}}
}

// addTuned adds the values of an axis that were chosen, a row a cell.
func addTuned(t *Table, arms []results.Arm, name string) {
	var entries []Entry
	for _, c := range cells(arms) {
		entries = append(entries, tunedEntry(c, results.ValueOf(c.Axes, name)))
	}
	t.add(Column{Head: name, Fields: tunedFields(arms, name)}, entries)
}

// rateEntry is the learning rate of a cell.
func rateEntry(c results.Cell) Entry {
	if slices.Contains(c.Tuned, "lr") && hasLocal(c) {
		return tunedEntry(c, field(c.LR))
	}
	return Entry{Text: number(c.LR), Values: []string{field(c.LR)}}
}

// addSettings adds the columns that tell arms apart, each arm's repeated for
// as many rows as it has.
func addSettings(t *Table, arms []results.Arm, rows func(results.Arm) int) {
	repeat := func(head, name string, of func(i int) Entry) {
		var entries []Entry
		for i, a := range arms {
			for range rows(a) {
				entries = append(entries, of(i))
			}
		}
		t.add(Column{Head: head, Fields: []string{name}}, entries)
	}
	repeat("scheme", "scheme", func(i int) Entry {
		return Entry{Text: schemeLabel(arms[i].Scheme), Values: []string{arms[i].Scheme}}
	})
	for _, s := range varying(arms) {
		repeat(s.name, s.field, func(i int) Entry { return word(s.values[i]) })
	}
}

// addStatistic adds the intervals of a statistic, a row a cell.
func addStatistic(t *Table, arms []results.Arm, head, name string) {
	t.add(intervalColumn(head, name, intervalsOf(arms, name)))
}

// intervalsOf are the intervals of a statistic over all cells.
func intervalsOf(arms []results.Arm, name string) []stats.Interval {
	s, _ := metrics.StatisticNamed(name)
	var intervals []stats.Interval
	for _, c := range cells(arms) {
		intervals = append(intervals, c.Statistic(s))
	}
	return intervals
}

// lossStatistic is the final validation loss, or, where no run has one, the
// training loss.
func lossStatistic(arms []results.Arm) string {
	for _, v := range intervalsOf(arms, "val_loss") {
		if v.N > 0 {
			return "val_loss"
		}
	}
	return "train_loss"
}

// ending counts a cell's runs by how they ended.
func ending(c results.Cell) Entry {
	diverged, failed := c.Diverged(), c.Failed()
	done := len(c.Runs) - diverged - failed
	e := Entry{Text: fmt.Sprintf("%d done", done)}
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
func rounded(v float64) string { return significant(v, 4) }

// significant writes v to some digits.
func significant(v float64, digits int) string {
	if v == 0 || !finite(v) {
		return number(v)
	}
	unit := math.Pow(10, math.Floor(math.Log10(math.Abs(v)))-float64(digits-1))
	return number(math.Round(v/unit) * unit)
}

// rankEntry is a cell's rank, or that it has none.
func rankEntry(c results.Cell) Entry { return ofRanked(c, word(strconv.Itoa(c.Rank))) }
