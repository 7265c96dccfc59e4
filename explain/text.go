package explain

import (
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"

	"ranksweep/paper/table"
)

// WriteText prints an explanation as text.
func (e *Explanation) WriteText(w io.Writer) error {
	var b strings.Builder
	s := e.Settings
	fmt.Fprintf(&b, "%s: %s, recognized by %s\n\n", e.File, e.Tool, strings.Join(e.Marks, ", "))
	fmt.Fprintf(&b, "rank        %d\nalpha       %s\ngamma       %.4g\n", s.Rank, number(s.Alpha), e.Gamma)
	for _, line := range []struct{ name, text string }{
		{"targets", s.targets()},
		{"dropout", nonzero(s.Dropout)},
		{"init", s.Init},
		{"lr", nonzero(s.LR)},
		{"model", s.Model},
	} {
		if line.text != "" {
			fmt.Fprintf(&b, "%-10s  %s\n", line.name, line.text)
		}
	}
	for _, name := range slices.Sorted(maps.Keys(s.Alphas)) {
		fmt.Fprintf(&b, "alpha       %s for names that end with %s\n", number(s.Alphas[name]), name)
	}
	fmt.Fprintf(&b, "convention  %s\n\n", e.Convention)
	if err := e.table().WriteText(&b); err != nil {
		return err
	}
	b.WriteString("traps\n")
	for _, t := range e.Traps {
		fmt.Fprintf(&b, "  %s: %s\n", t.Name, t.Text)
	}
	if len(e.Traps) == 0 {
		b.WriteString("  none of the known ones\n")
	}
	b.WriteString("\nthe same settings in other tools\n")
	for _, q := range e.Elsewhere {
		fmt.Fprintf(&b, "  %s\n", q.Tool)
		for _, line := range q.Lines {
			fmt.Fprintf(&b, "    %s\n", line)
		}
		for _, r := range q.Remarks {
			fmt.Fprintf(&b, "    # %s\n", r)
		}
	}
	if len(e.NotUnderstood) > 0 {
		fmt.Fprintf(&b, "\nnot understood: %s\n", strings.Join(e.NotUnderstood, ", "))
	}
	_, err := io.WriteString(w, b.String())
	return err
}

// table has γ at each rank. A column that does not apply is left out.
func (e *Explanation) table() (t table.Table) {
	alpha, follows := number(e.Settings.Alpha), number(e.Settings.follows())
	table.Fill(&t, e.Table,
		table.Numbers("rank", func(r Row) int { return r.Rank }),
		table.Numbers("gamma, alpha "+alpha, func(r Row) string { return present(r.Fixed) }),
		table.Numbers("gamma, alpha "+follows+"·r", func(r Row) string { return present(r.Follows) }),
		table.Words("", func(r Row) string {
			notes := slices.Clone(r.Patterns)
			if r.Rank == e.Settings.Rank {
				notes = append([]string{"here"}, notes...)
			}
			return strings.Join(notes, ", ")
		}),
	)
	return t
}

func present(v *float64) string {
	if v == nil {
		return ""
	}
	return fmt.Sprintf("%.4g", *v)
}

// targets describes which maps are adapted.
func (s Settings) targets() string {
	if s.Pattern != "" {
		return "maps whose names match " + s.Pattern
	}
	return strings.Join(s.Targets, ", ")
}

func nonzero(v float64) string {
	if v == 0 {
		return ""
	}
	return number(v)
}
