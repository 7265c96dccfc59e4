package paper

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strings"

	"ranksweep/metrics"
	"ranksweep/metrics/stats"
	"ranksweep/paper/number"
	"ranksweep/paper/table"
	"ranksweep/results"
)

// fit is a power of rank that a statistic of an arm follows, and that theory
// predicts.
type fit struct {
	label     string // of the arm
	arm       results.Arm
	statistic metrics.Statistic
	stats.Exponent
}

// name says what is fitted.
func (f fit) name() string {
	return fmt.Sprintf("%s, %s, %s", cmp.Or(f.label, schemeLabel(f.arm.Scheme)), f.arm.Optimizer, f.statistic.Name)
}

// number is the power as one that a standing rests on.
func (f fit) number() Number { return powerNumber("power of rank, "+f.name(), f.Exponent) }

// powers holds powers of rank to theory. Rows that are one measurement, such as
// those of multipliers that differ by a constant, count once. The claim is not
// seen where one of the distinct ones differs from theory once P values are
// corrected over all of them; it is seen where none does and every interval lies
// within the tolerance of theory's.
func powers(r Rule, v View) Finding {
	v, statistics := r.of(v), r.statistics()
	if len(statistics) == 0 {
		statistics = predictedStatistics(v)
	}
	fits := predictedFits(v, statistics)
	if len(fits) == 0 {
		return lacking("a power of rank that theory predicts")
	}
	f := heldToTheory(fits, r.limit("tolerance"), r.limit("level"))
	if text := unbelievable(v.arms, statistics); text != "" {
		f.Standing, f.Text = Unresolved, text+" "+f.Text
	}
	f.Tables = []table.Table{exponentsTable(v, statistics)}
	return f
}

// predictedFits are the powers of all statistics of all arms of which theory
// says something.
func predictedFits(v View, statistics []metrics.Statistic) (all []fit) {
	labels := v.labels
	for i, a := range v.arms {
		for _, statistic := range statistics {
			if e, err := a.Exponent(statistic); err == nil && e.Agreement(near) > stats.NoInterval {
				all = append(all, fit{labels[i], a, statistic, e})
			}
		}
	}
	return all
}

// distinctFits groups fits that are one measurement.
func distinctFits(fits []fit) (groups [][]fit) {
	var rows [][]stats.Observation
	for _, f := range fits {
		rows = append(rows, f.arm.Observations(f.statistic))
	}
	for _, indexes := range stats.Distinct(rows) {
		var group []fit
		for _, i := range indexes {
			group = append(group, fits[i])
		}
		groups = append(groups, group)
	}
	return groups
}

// heldToTheory judges powers as [powers] does. What makes rows one measurement is any
// power of rank, theory's or not. So each row of a group is held to theory: it differs
// where it does once corrected over all rows, distinct or not, and none may be off by
// more than the tolerance. How wide an interval may be is asked of the first.
func heldToTheory(fits []fit, tolerance, level float64) Finding {
	groups := distinctFits(fits)
	var firsts, rows []float64
	f := Finding{Standing: Seen}
	agree, far := 0, 0.0
	for _, g := range groups {
		firsts = append(firsts, g[0].P())
		f.Numbers = append(f.Numbers, g[0].number())
		low, high := g[0].Theory()
		agrees := g[0].Low >= low-tolerance && g[0].High <= high+tolerance // not so without an interval
		for _, x := range g {
			rows = append(rows, x.P())
			low, high := x.Theory()
			off := math.Max(low-x.Value, x.Value-high)
			agrees = agrees && off <= tolerance
			far = math.Max(far, off)
		}
		if !agrees {
			f.Standing = Unresolved
		} else if g[0].Agreement(tolerance) == stats.Agrees {
			agree++
		}
	}
	differing := 0
	rows = stats.Holm(rows)
	for i, p := range stats.Holm(firsts) {
		of := rows[:len(groups[i])]
		rows = rows[len(of):]
		if p <= level || slices.ContainsFunc(of, func(p float64) bool { return p <= level }) {
			differing++
		}
	}
	if differing > 0 {
		f.Standing = NotSeen
	}
	f.Text = fmt.Sprintf("Rows: %d; distinct measurements among them: %d, of which the others are multiples by "+
		"a constant or a power of the rank, or squares. "+
		"By themselves %d of %d agree with theory; once corrected over all of them by Holm's method, %d of %d "+
		"differ at the level %g. The farthest is %s off.",
		len(fits), len(groups), agree, len(groups), differing, len(groups), level, number.Fixed(far, 3))
	return f
}

// unbelievable says where a loss drop to first order is not what the loss did, so
// that its power says nothing of learning; empty where it is, or is not asked for.
func unbelievable(arms []results.Arm, statistics []metrics.Statistic) string {
	for _, s := range statistics {
		if s.Name != metrics.LossDropFirst.Name {
			continue
		}
		for _, a := range arms {
			for _, c := range a.Cells {
				if n := c.Unbelieved(); n > 0 {
					return fmt.Sprintf("Of %s at rank %d under %s, %d of %d runs lost another amount on the "+
						"same batch than the first order says, by more than a tenth: no verdict.",
						schemeLabel(a.Scheme), c.Rank, a.Optimizer, n, len(c.Runs))
				}
			}
		}
	}
	return ""
}

// exactCell is a mean over seeds of what was measured over what is expected.
type exactCell struct {
	name string
	over stats.Interval
}

// exactValues holds the mean over draws of A to what is expected of it at each
// rank, by a t test each, corrected over the distinct ones; intervals must be
// narrow enough to tell. What makes rows one measurement is any factor, expected or not,
// so that a cell that is not among the distinct ones differs as well where it does once
// corrected over all.
func exactValues(r Rule, v View) Finding {
	cells, distinct := exactCells(r.of(v))
	if len(cells) == 0 {
		return lacking("a cell with three seeds and an exact expectation")
	}
	f := Finding{Standing: Seen}
	within, widest := 0, 0.0
	var ps []float64
	var off []string
	for _, c := range distinct {
		ps = append(ps, c.over.P(1))
		widest = math.Max(widest, (c.over.High-c.over.Low)/2)
		if c.over.Low <= 1 && 1 <= c.over.High {
			within++
		} else {
			off = append(off, fmt.Sprintf("%s, %s", c.name, intervalText(c.over)))
		}
	}
	rejected := countBelow(stats.Holm(ps), r.limit("level"))
	var every []float64
	for _, c := range cells {
		every = append(every, c.over.P(1))
	}
	rejectedOfAll := countBelow(stats.Holm(every), r.limit("level"))
	switch {
	case rejected+rejectedOfAll > 0:
		f.Standing = NotSeen
	case widest > r.limit("widest"), float64(within) < r.limit("held")*float64(len(distinct)):
		f.Standing = Unresolved
	}
	f.Numbers = []Number{{Name: "distinct cells whose interval holds what is " +
		"expected", Value: float64(within) / float64(len(distinct)), Low: math.NaN(), High: math.NaN()}}
	f.Text = fmt.Sprintf("Cells: %d; distinct measurements among them: %d. Of these %d intervals, %s%%, hold "+
		"the exact expectation, as 95%% do where theory is right and cells are independent; "+
		"%d differ at the level %g once corrected over them, and %d of all cells once corrected over those. The "+
		"widest interval is ±%s%% of what is expected.",
		len(cells), len(distinct), within, number.Fixed(100*float64(within)/float64(len(distinct)), 1), rejected, r.limit("level"), rejectedOfAll, number.Fixed(100*widest, 1))
	if len(off) > 0 && len(off) <= foldedRows {
		f.Text += " Left out by their own intervals: " + strings.Join(off, "; ") + " times what is expected."
	}
	if t := regimesTable(r.of(v)); len(t.Rows) > 0 {
		f.Tables = append(f.Tables, t)
	}
	return f
}

// countBelow counts the P values that are at most a level.
func countBelow(ps []float64, level float64) (n int) {
	for _, p := range ps {
		if p <= level {
			n++
		}
	}
	return n
}

// exactCells are all cells that have an expectation, and the distinct ones.
func exactCells(v View) (all, distinct []exactCell) {
	cellsOf := func(f fit) (cells []exactCell) {
		for _, c := range f.arm.Cells {
			if over := c.OverExpected(f.statistic); over.N >= 3 {
				cells = append(cells, exactCell{fmt.Sprintf("%s at rank %d", f.name(), c.Rank), over})
			}
		}
		return cells
	}
	var fits []fit
	for _, a := range v.arms {
		for _, statistic := range metrics.Statistics {
			if statistic.Theory.Ratio() {
				continue // the expectation of a ratio is not the ratio of expectations
			}
			f := fit{arm: a, statistic: statistic}
			if cells := cellsOf(f); len(cells) > 0 {
				fits, all = append(fits, f), append(all, cells...)
			}
		}
	}
	for _, g := range distinctFits(fits) {
		distinct = append(distinct, cellsOf(g[0])...)
	}
	return all, distinct
}
