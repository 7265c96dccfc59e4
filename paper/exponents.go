package paper

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"ranksweep/metrics"
	"ranksweep/results"
)

// exponentsTable has a row for each arm that has ranks and each of the given
// statistics: the fitted power of rank beside the one that theory predicts.
func exponentsTable(arms []results.Arm, measured []metrics.Statistic) Table {
	arms = ranked(arms)
	t := Table{
		Name:  "exponents",
		Title: "Fitted powers of rank, with 95% intervals, beside theory",
	}
	if len(arms) == 0 {
		return t
	}
	t.Caption = strings.TrimSpace(heldEqual(arms) + losses(arms))
	addSettings(&t, arms, func(results.Arm) int { return len(measured) })
	var names, fits, theory, exact, counts, seeds, verdicts []Entry
	for range arms {
		for _, s := range measured {
			names = append(names, Entry{Text: fmt.Sprintf("%s (%s)", s.Label, s.Unit), Values: []string{s.Name}})
		}
	}
	t.add(Column{Head: "quantity", Fields: []string{"quantity"}}, names)
	for _, a := range arms {
		for _, s := range measured {
			e, err := a.Exponent(s)
			row := len(fits)
			fits = append(fits, Entry{Values: []string{field(e.Value), field(e.Low), field(e.High)}})
			if err == nil {
				fits[row].Text = exponentText(e)
			}
			theory = append(theory, Entry{Values: []string{field(e.Predicted), field(e.Predicted + e.Rise)}})
			if finite(e.Predicted) {
				theory[row].Text = number(e.Predicted)
				if e.Rise != 0 {
					theory[row].Text += " to " + number(e.Predicted+e.Rise)
					t.doubt(row, "theory: the first for ranks far below the maps' width, the second for ranks far above it, or for inputs like those trained on")
				}
			}
			exact = append(exact, Entry{Values: []string{field(e.Exact)}})
			if finite(e.Exact) {
				exact[row].Text = fmt.Sprintf("%s, %s", fixed(e.Exact, 3), exactRanks(a, s))
			}
			counts = append(counts, word(strconv.Itoa(e.N)))
			seeds = append(seeds, word(strconv.Itoa(e.Seeds)))
			verdicts = append(verdicts, word(e.Agreement(near).String()))
			if err != nil {
				t.doubt(row, noFit(err))
			} else if e.Excluded > 0 {
				t.doubt(row, fmt.Sprintf("%d of %d runs left out: absent, zero or negative", e.Excluded, e.Excluded+e.N))
			}
		}
	}
	t.add(Column{Head: "exponent", Fields: []string{"exponent", "ci_low", "ci_high"}, Number: true}, fits)
	t.add(Column{Head: "theory", Fields: []string{"predicted", "predicted_high"}, Number: true}, theory)
	if slices.ContainsFunc(exact, func(e Entry) bool { return e.Text != "" }) {
		t.Caption = strings.TrimSpace(t.Caption + " Exact: the power of rank through the exact expectations at these ranks, and at how many of them the 95% interval over seeds holds what is expected.")
		t.add(Column{Head: "exact", Fields: []string{"exact"}, Number: true}, exact)
	}
	t.add(Column{Head: "runs", Fields: []string{"n"}, Number: true}, counts)
	t.add(Column{Head: "seeds", Fields: []string{"seeds"}, Number: true}, seeds)
	t.add(Column{Head: "verdict", Fields: []string{"verdict"}}, verdicts)
	return t
}

// measuredStatistics are those of which some run has a value.
func measuredStatistics(arms []results.Arm) []metrics.Statistic {
	var measured []metrics.Statistic
	for _, s := range metrics.Statistics {
		for _, v := range intervalsOf(arms, s.Name) {
			if v.N > 0 {
				measured = append(measured, s)
				break
			}
		}
	}
	return measured
}

// noFit says why there is no exponent, in words for a note.
func noFit(err error) string { return strings.TrimPrefix(err.Error(), "metrics: ") }

// exactRanks says at how many ranks what was measured is what was expected.
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

// near is a difference of exponents that makes none to anyone: named schemes
// are ½ apart, and over three decades of rank it is a factor of 1.2.
const near = 0.03

// agreeing says how the verdicts on exponents are come by.
func agreeing() string {
	return fmt.Sprintf("A fitted power of rank agrees with theory if its 95%% interval holds the predicted power, "+
		"or a part of its range, and nothing farther from it than %g. "+
		"It is consistent, not resolved, if the interval holds that and is wider, "+
		"and differs if the interval leaves it out, however near.", near)
}
