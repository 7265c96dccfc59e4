package paper

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"ranksweep/metrics"
	"ranksweep/paper/number"
	"ranksweep/paper/table"
	"ranksweep/results"
)

// exponentsTable has a row for each arm that has ranks and each of the given statistics: the
// fitted power of rank and the power that theory predicts.
func exponentsTable(v View, measured []metrics.Statistic) table.Table {
	v = v.ranked()
	t := table.Table{
		Name:  "exponents",
		Title: "Fitted powers of rank, with 95% intervals, and the powers that theory predicts",
	}
	if len(v.arms) == 0 {
		return t
	}
	t.Caption = strings.TrimSpace(v.equal + runsLost(v))
	addSettings(&t, v, func(results.Arm) int { return len(measured) })
	var names, fits, theory, exact, counts, seeds, verdicts []table.Entry
	for range v.arms {
		for _, s := range measured {
			names = append(names, table.Entry{Text: fmt.Sprintf("%s (%s)", s.Label, s.Unit), Values: []string{s.Name}})
		}
	}
	t.Add(table.Column{Head: "quantity", Fields: []string{"quantity"}}, names)
	for _, a := range v.arms {
		for _, s := range measured {
			e, err := a.Exponent(s)
			row := len(fits)
			fits = append(fits, table.Entry{Values: []string{
				number.Exact(e.Value), number.Exact(e.Low), number.Exact(e.High),
			}})
			if err == nil {
				fits[row].Text = exponentText(e)
			}
			theory = append(theory, table.Entry{Values: []string{
				number.Exact(e.Predicted), number.Exact(e.Predicted + e.Rise),
			}})
			if number.Finite(e.Predicted) {
				theory[row].Text = number.Brief(e.Predicted)
				if e.Rise != 0 {
					theory[row].Text += " to " + number.Brief(e.Predicted+e.Rise)
					t.Doubt(row, "theory predicts the first power for ranks far below the maps' width, and the "+
						"second for ranks far above it, or for inputs like those trained on")
				}
			}
			exact = append(exact, table.Entry{Values: []string{number.Exact(e.Exact)}})
			if number.Finite(e.Exact) {
				exact[row].Text = fmt.Sprintf("%s, at %s", number.Fixed(e.Exact, 3), exactRanks(a, s))
			}
			counts = append(counts, table.Word(strconv.Itoa(e.N)))
			seeds = append(seeds, table.Word(strconv.Itoa(e.Seeds)))
			verdicts = append(verdicts, table.Word(e.Agreement(near).String()))
			if err != nil {
				t.Doubt(row, noFit(err))
			} else if e.Excluded > 0 {
				t.Doubt(row, fmt.Sprintf("%d of %d runs are left out: the value is absent, zero or negative",
					e.Excluded, e.Excluded+e.N))
			}
		}
	}
	t.Add(table.Column{Head: "fitted power", Fields: []string{"exponent", "ci_low", "ci_high"}, Number: true}, fits)
	t.Add(table.Column{Head: "predicted power", Fields: []string{"predicted", "predicted_high"}, Number: true}, theory)
	if slices.ContainsFunc(exact, func(e table.Entry) bool { return e.Text != "" }) {
		t.Caption = strings.TrimSpace(t.Caption + " Exact theory: " + exactTheory)
		t.Add(table.Column{Head: "exact theory", Fields: []string{"exact"}, Number: true}, exact)
	}
	t.Add(table.Column{Head: "runs", Fields: []string{"n"}, Number: true}, counts)
	t.Add(table.Column{Head: "seeds", Fields: []string{"seeds"}, Number: true}, seeds)
	t.Add(table.Column{Head: "verdict", Fields: []string{"verdict"}}, verdicts)
	return t
}

// measuredStatistics are the statistics that some run has a value of.
func measuredStatistics(v View) []metrics.Statistic {
	var measured []metrics.Statistic
	for _, s := range metrics.Statistics {
		for _, v := range v.intervals(s) {
			if v.N > 0 {
				measured = append(measured, s)
				break
			}
		}
	}
	return measured
}

// noFit says in a note why there is no exponent.
func noFit(err error) string { return strings.TrimPrefix(err.Error(), "metrics: ") }

// exactRanks says at how many ranks the measured value is the expected one.
func exactRanks(a results.Arm, s metrics.Statistic) string {
	held, all := 0, 0
	for _, c := range a.Cells {
		if over := c.OverExpected(s); over.N > 1 {
			all++
			if over.Low <= 1 && 1 <= over.High {
				held++
			}
		}
	}
	return fmt.Sprintf("%d of %d ranks", held, all)
}

// near is a difference of exponents that does not matter: named schemes are ½ apart, and over
// three decades of rank it makes a factor of 1.2.
const near = 0.03
