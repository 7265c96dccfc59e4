package paper

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"ranksweep/analysis"
	"ranksweep/metrics"
	"ranksweep/paper/number"
	"ranksweep/paper/table"
)

// haveDrop reports whether the first loss drop, to first order, is among statistics.
func haveDrop(statistics []metrics.Statistic) bool {
	return slices.ContainsFunc(statistics, func(s metrics.Statistic) bool {
		return s.Name == metrics.LossDropFirst.Name
	})
}

// unbelievable names a cell in which the first-order loss drop is not what the loss did, so
// that its power of rank says nothing about learning. It is empty if there is no such cell,
// or if statistics lack the loss drop.
func unbelievable(arms []analysis.Arm, statistics []metrics.Statistic) string {
	if !haveDrop(statistics) {
		return ""
	}
	for _, a := range arms {
		for _, c := range a.Cells {
			if n := c.Unbelieved(); n > 0 {
				return fmt.Sprintf("No verdict: for %s at rank %d under %s, in %d of %d runs the first-order loss "+
					"drop is more than a tenth off what the loss did on the same batch.",
					schemeLabel(a.Scheme), c.Rank, a.Optimizer, n, len(c.Runs))
			}
		}
	}
	return ""
}

// unchecked says why a run's first loss drop was not compared with what the loss did.
const unchecked = "In the others a tenth of the drop is below what float32 leaves uncertain in the loss, or one " +
	"of the two was not measured."

// checkedText says in how many runs the first loss drop was compared with what the loss did,
// and names the arms in which no run was. It is empty if statistics lack the loss drop.
func checkedText(v View, statistics []metrics.Statistic) string {
	if !haveDrop(statistics) {
		return ""
	}
	checked, all := 0, 0
	for _, a := range v.arms {
		n, of := checkedRuns(a)
		checked, all = checked+n, all+of
	}
	text := fmt.Sprintf("In %d of %d runs the first loss drop was compared with what the loss did on the same batch.",
		checked, all)
	if checked < all {
		text += " " + unchecked
	}
	return text + dropRatioText(v) + uncheckedText(v)
}

// dropRatioText says between which values the ratio of what the loss did to the estimate lies where every run was
// compared, and the smallest one of the other cells; empty if it is not known.
func dropRatioText(v View) (text string) {
	var told, rest []dropRatio
	for i, a := range v.arms {
		for _, c := range a.Cells {
			r := dropRatio{mean: c.DropRatio().Mean, where: fmt.Sprintf("%s at rank %d", v.labels[i], c.Rank), cell: c}
			switch {
			case !number.Finite(r.mean):
			case c.Checked() == len(c.Runs):
				told = append(told, r)
			default:
				rest = append(rest, r)
			}
		}
	}
	order := func(a, b dropRatio) int { return cmp.Compare(a.mean, b.mean) }
	if len(told) > 0 {
		low, high := slices.MinFunc(told, order), slices.MaxFunc(told, order)
		text = fmt.Sprintf(" Where all runs of a rank were compared, the mean over seeds of what the loss did "+
			"over the "+
			"estimate is between %s (%s) and %s (%s).", number.Fixed(low.mean, 3), low.where,
			number.Fixed(high.mean, 3), high.where)
	}
	if len(rest) > 0 {
		low := slices.MinFunc(rest, order)
		text += fmt.Sprintf(" Where some were not, the smallest such mean, over all runs, is %s (%s; below 1 in "+
			"%d of %d "+
			"runs): there the drop is so small that float32 may be the reason, and nothing here shows it.",
			number.Fixed(low.mean, 3), low.where, low.cell.BelowEstimate(), len(low.cell.Runs))
	}
	return text
}

// dropRatio is what the loss did over the estimate, in a cell.
type dropRatio struct {
	mean  float64
	where string
	cell  analysis.Cell
}

// uncheckedText names the arms of which no run's first loss drop was compared with what the loss did, and those of
// which runs at one of several ranks were; empty if there are none.
func uncheckedText(v View) (text string) {
	var none, one []string
	for i, a := range v.arms {
		switch ranks := checkedRanks(a); {
		case ranks == 0:
			none = append(none, v.labels[i])
		case ranks == 1 && len(a.Cells) > 1:
			one = append(one, v.labels[i])
		}
	}
	if len(none) > 0 {
		text += " No run of these was compared with what the loss did, so nothing but the first-order estimate " +
			"speaks for their loss drop: " + strings.Join(none, "; ") + "."
	}
	if len(one) > 0 {
		text += " Of these, only runs at one rank were compared with what the loss did, so nothing but the " +
			"first-order estimate speaks for the power of rank of their loss drop: " + strings.Join(one, "; ") + "."
	}
	return text
}

// checkedRanks counts an arm's ranks at which a run's first loss drop was compared with what the loss did.
func checkedRanks(a analysis.Arm) (ranks int) {
	for _, c := range a.Cells {
		if c.Checked() > 0 {
			ranks++
		}
	}
	return ranks
}

// checkedRuns counts an arm's runs in which the first loss drop was compared with what the
// loss did, and all of its runs.
func checkedRuns(a analysis.Arm) (checked, all int) {
	for _, c := range a.Cells {
		checked, all = checked+c.Checked(), all+len(c.Runs)
	}
	return checked, all
}

func checkedEntry(a analysis.Arm) table.Entry {
	checked, all := checkedRuns(a)
	return table.Entry{
		Text:   fmt.Sprintf("%d of %d", checked, all),
		Values: []string{strconv.Itoa(checked), strconv.Itoa(all)},
	}
}
