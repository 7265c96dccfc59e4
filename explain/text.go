package explain

import (
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"

	"ranksweep/paper/table"
)

// WriteText prints an explanation as text.
func (e *Explanation) WriteText(w io.Writer) error {
	var b strings.Builder
	s := e.Settings
	fmt.Fprintf(&b, "%s: %s, recognized by %s\n\n", e.File, e.Tool, strings.Join(e.Marks, ", "))
	fmt.Fprintf(&b, "rank        %d\n", s.Rank)
	if s.multiplied() {
		fmt.Fprintf(&b, "%-10s  %s\ngamma       %s\n", s.alphaName(), precise(s.Alpha), about(e.Gamma))
	}
	for _, line := range e.lines() {
		if line.text != "" {
			fmt.Fprintf(&b, "%-10s  %s\n", line.name, Clean(line.text))
		}
	}
	fmt.Fprintf(&b, "convention  %s\n\n", e.Convention)
	if err := e.writeTables(&b); err != nil {
		return err
	}
	e.writeOverRank(&b)
	b.WriteString("traps\n")
	for _, t := range e.Traps {
		fmt.Fprintf(&b, "  %s: %s\n", t.Name, Clean(t.Text))
	}
	if len(e.Traps) == 0 {
		b.WriteString("  none of the known ones\n")
	}
	b.WriteString("\nthe same settings in other tools\n")
	WriteEquivalents(&b, e.Elsewhere)
	if len(e.NotUnderstood) > 0 {
		fmt.Fprintf(&b, "\nnot understood: %s\n", Clean(strings.Join(e.NotUnderstood, ", ")))
	}
	_, err := io.WriteString(w, b.String())
	return err
}

// WriteEquivalents writes settings in the words of tools, indented below their names.
func WriteEquivalents(w io.Writer, all []Equivalent) {
	for _, q := range all {
		fmt.Fprintf(w, "  %s\n", q.Tool)
		for _, line := range q.Lines {
			fmt.Fprintf(w, "    %s\n", Clean(line))
		}
		for _, r := range q.Remarks {
			fmt.Fprintf(w, "    # %s\n", Clean(r))
		}
	}
}

// Clean escapes a text of a file if it has what a terminal would not print but obey.
func Clean(text string) string {
	for _, c := range text {
		if !strconv.IsPrint(c) {
			quoted := strconv.Quote(text)
			return quoted[1 : len(quoted)-1]
		}
	}
	return text
}

// alphaName is what α is called: a scale where γ does not depend on the rank.
func (s Settings) alphaName() string {
	if s.P == 0 {
		return "scale"
	}
	return "alpha"
}

// line is a setting that is printed if it has a text.
type line struct{ name, text string }

func (e *Explanation) lines() []line {
	s := e.Settings
	return []line{
		{"method", s.Method},
		{"targets", s.targets()},
		{"left out", mapsText(s.Exclude, s.ExcludePattern)},
		{"layers", s.layers()},
		{"dropout", nonzero(s.Dropout)},
		{"init", s.Init},
		{"biases", s.Bias},
		{"DoRA", onlyIf(s.DoRA, "yes")},
		{"lr", nonzero(s.LR)},
		{"optimizer", s.Optimizer},
		{"LoRA+", onlyIf(s.Ratio > 0, "the learning rate of B is "+precise(s.Ratio)+" times that of A, which is lr")},
		{"model", s.Model},
		{"defaults", onlyIf(len(e.Absent) > 0, "of "+e.Tool+", since absent here: "+strings.Join(e.Absent, ", "))},
	}
}

func onlyIf(holds bool, text string) string {
	if holds {
		return text
	}
	return ""
}

// writeTables writes γ at each rank, without columns that do not apply, and of the maps that
// have ranks or alphas of their own.
func (e *Explanation) writeTables(w io.Writer) error {
	if len(e.Table) == 0 {
		return nil
	}
	alpha, follows := precise(e.Settings.Alpha), factor(precise(e.Settings.follows()), "·")
	var t table.Table
	table.Fill(&t, e.Table,
		table.Numbers("rank", func(r Row) int { return r.Rank }),
		table.Numbers("gamma, "+e.Settings.alphaName()+" "+alpha, func(r Row) string { return present(r.Fixed) }),
		table.Numbers("gamma, alpha "+follows+"r", func(r Row) string { return present(r.Follows) }),
		table.Words("", func(r Row) string { return onlyIf(r.Rank == e.Settings.Rank, "here") }),
	)
	if err := t.WriteText(w); err != nil || len(e.Maps) == 0 {
		return err
	}
	s := e.Settings
	rest := Maps{Names: []string{"all others"}, Rank: s.Rank, Alpha: s.Alpha, Gamma: s.Gamma()}
	shown := e.Maps[:min(3*many, len(e.Maps))]
	var own table.Table
	table.Fill(&own, append(slices.Clone(shown), rest),
		table.Words("maps", func(m Maps) string { return Clean(abridged(m.Names)) }),
		table.Numbers("rank", func(m Maps) int { return m.Rank }),
		table.Numbers("alpha", func(m Maps) string { return precise(m.Alpha) }),
		table.Numbers("gamma", func(m Maps) string { return about(m.Gamma) }),
	)
	err := own.WriteText(w)
	if more := len(e.Maps) - len(shown); more > 0 && err == nil {
		_, err = fmt.Fprintf(w, "%d more ranks and alphas of maps are in the JSON\n\n", more)
	}
	return err
}

func present(v *float64) string {
	if v == nil {
		return ""
	}
	return about(*v)
}

// targets describes which maps are adapted.
func (s Settings) targets() string {
	switch {
	case s.Pattern != "":
		return "maps whose names match " + s.Pattern
	case len(s.Targets) > 0:
		return abridged(s.Targets)
	case len(s.NoNames) > 0 || s.NoTargets:
		return "none"
	case len(s.Parameters) > 0:
		return "no maps, only parameters: " + abridged(s.Parameters)
	}
	return "not named: chosen by the model's type"
}

// layers describes which layers are adapted, if not all are.
func (s Settings) layers() string {
	var parts []string
	if len(s.Layers) > 0 {
		parts = append(parts, "only "+listText(s.Layers))
	}
	if len(s.LayersPattern) > 0 {
		parts = append(parts, "numbered after "+strings.Join(s.LayersPattern, " or "))
	}
	if s.LastLayers > 0 {
		parts = append(parts, "only the last "+strconv.Itoa(s.LastLayers))
	}
	return strings.Join(parts, ", ")
}

// many is how many names, patterns or rows are too many to print.
const many = 8

// abridged lists names. Of many it lists their last parts, each once, with its number.
func abridged(names []string) string {
	if len(names) <= many {
		return strings.Join(names, ", ")
	}
	count := make(map[string]int)
	var ends []string
	for _, name := range names {
		end := last(name)
		if count[end]++; count[end] == 1 {
			ends = append(ends, end)
		}
	}
	if len(ends) > many {
		return fmt.Sprintf("%s and %d more", strings.Join(names[:many], ", "), len(names)-many)
	}
	for i, end := range ends {
		ends[i] = fmt.Sprintf("%d × %s", count[end], end)
	}
	return strings.Join(ends, ", ")
}

func nonzero(v float64) string {
	if v == 0 {
		return ""
	}
	return precise(v)
}
