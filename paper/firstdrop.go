package paper

import (
	"fmt"
	"math"
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
const unchecked = "In the others a tenth of the drop is lost in the rounding of the loss, or one of the two was not " +
	"measured."

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

// dropRatioText says between which values the ratio of what the loss did to the estimate lies; empty if it is
// not known.
func dropRatioText(v View) string {
	low, high := math.Inf(1), math.Inf(-1)
	var least, most string
	for i, a := range v.arms {
		for _, c := range a.Cells {
			ratio, where := c.DropRatio().Mean, fmt.Sprintf("%s at rank %d", v.labels[i], c.Rank)
			if ratio < low {
				low, least = ratio, where
			}
			if ratio > high {
				high, most = ratio, where
			}
		}
	}
	if least == "" {
		return ""
	}
	return fmt.Sprintf(" Over the estimate, and averaged over seeds, that is between %s (%s) and %s (%s).",
		number.Fixed(low, 3), least, number.Fixed(high, 3), most)
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
