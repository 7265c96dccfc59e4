package explain

import (
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"text/tabwriter"
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
	e.writeTable(&b)
	b.WriteString("\ntraps\n")
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

func (e *Explanation) writeTable(b *strings.Builder) {
	t := tabwriter.NewWriter(b, 0, 0, 2, ' ', tabwriter.AlignRight)
	head := "rank\t"
	if e.Table[0].Fixed != nil {
		head += fmt.Sprintf("gamma, alpha %s\t", number(e.Settings.Alpha))
	}
	if e.Table[0].Follows != nil {
		head += fmt.Sprintf("gamma, alpha %s·r\t", number(e.Settings.follows()))
	}
	fmt.Fprintf(t, "%s\n", head)
	for _, r := range e.Table {
		fmt.Fprintf(t, "%d\t", r.Rank)
		for _, gamma := range []*float64{r.Fixed, r.Follows} {
			if gamma != nil {
				fmt.Fprintf(t, "%.4g\t", *gamma)
			}
		}
		notes := slices.Clone(r.Patterns)
		if r.Rank == e.Settings.Rank {
			notes = append([]string{"here"}, notes...)
		}
		fmt.Fprintf(t, "%s\n", strings.TrimRight("  "+strings.Join(notes, ", "), " "))
	}
	t.Flush() // writing to a Builder cannot fail
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
