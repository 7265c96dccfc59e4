package transfer

import (
	"fmt"
	"io"
	"strings"

	"ranksweep/explain"
	"ranksweep/paper/number"
	"ranksweep/paper/table"
)

// WriteText prints an answer to a question about the settings of e, with the settings of its
// first way in the words of tools.
func (a *Answer) WriteText(w io.Writer, e *explain.Explanation, words []explain.Equivalent) error {
	s := e.Settings
	rate := "no learning rate named"
	if a.LR > 0 {
		rate = "learning rate " + number.Brief(a.LR)
	}
	var b strings.Builder
	fmt.Fprintf(&b, "%s: %s, alpha %s, gamma %s, %s, %s\n\nfrom rank %d to rank %d\n\n", e.File, e.Tool,
		number.Brief(s.Alpha), number.Significant(s.Gamma(), 4), rate, a.Optimizer, a.FromRank, a.ToRank)
	if err := a.table().WriteText(&b); err != nil {
		return err
	}
	first := "the first row"
	if a.lacks(BestRate) {
		first = "no row keeps the best rate; the first one"
	}
	fmt.Fprintf(&b, "%s, in the words of\n", first)
	explain.WriteEquivalents(&b, words)
	b.WriteString("\nwhy\n")
	for _, r := range a.Evidence {
		fmt.Fprintf(&b, "  %s, holding %s\n    %s\n", r.Keeps, r.Holds, strings.Join(r.Reasons, "\n    "))
	}
	if len(a.Claims) > 0 {
		fmt.Fprintf(&b, "  the claims are those of REPRODUCTION.md, judged on a model of %s parameters\n",
			a.Claims[0].Parameters)
	}
	for _, c := range a.Claims {
		fmt.Fprintf(&b, "    %s: %s: %s (%s)\n", c.Number, standingOf(c), c.Name, c.Runs)
	}
	b.WriteString("\ndoubts\n")
	for _, d := range a.Doubts {
		fmt.Fprintf(&b, "  %s\n", explain.Clean(d))
	}
	_, err := io.WriteString(w, b.String())
	return err
}

// table has a row for each way.
func (a *Answer) table() table.Table {
	var t table.Table
	table.Fill(&t, a.Ways,
		table.Words("keeps", func(w Way) string { return string(w.Keeps) }),
		table.Words("holds", func(w Way) string { return string(w.Holds) }),
		table.Numbers("alpha", func(w Way) string { return number.Brief(w.Alpha) }),
		table.Numbers("gamma", func(w Way) string { return number.Significant(w.Gamma, 4) }),
		table.Numbers("learning rate", Way.rate),
		table.Words("", func(w Way) string {
			if w.Power == 0 || w.LR == 0 {
				return ""
			}
			return "× " + number.Significant(w.Factor, 3)
		}),
	)
	return t
}

// rate is the learning rate, or what it is multiplied by.
func (w Way) rate() string {
	switch {
	case w.LR > 0:
		return number.Significant(w.LR, 3)
	case w.Power == 0:
		return "the same"
	}
	return "× " + number.Significant(w.Factor, 3)
}
