package chart

import (
	"fmt"

	"ranksweep/analysis"
	"ranksweep/paper/number"
)

// Chosen is the runs that an expression leaves of all.
type Chosen struct {
	Where string
	Rows  []analysis.Row
	All   int // how many there were
}

// Choose takes the runs for which an expression holds, for figures that are made of whole runs. It is an error
// if none is left.
func Choose(where string, rows []analysis.Row) (Chosen, error) {
	c := Chosen{Where: where, All: len(rows)}
	names, err := namesIn(where)
	if err != nil {
		return c, err
	}
	for _, name := range names {
		if levelOf([]string{name}) != (level{}) || name == "phase" {
			return c, fmt.Errorf("chart: where %q: %s: this figure is made of whole runs that are reported: choose "+
				"by axes, fields and statistics, or draw a figure of your own, with --x and --y", where, name)
		}
	}
	var runs []*Run
	for _, r := range rows {
		runs = append(runs, newRun(r, "reported"))
	}
	s, err := newSelection(where, level{}, runs)
	if err != nil {
		return c, err
	}
	for _, r := range runs {
		ok, err := s.takes(sample{Run: r, curve: r.Curve})
		if err != nil {
			return c, err
		}
		if ok {
			c.Rows = append(c.Rows, r.Row)
		}
	}
	if len(c.Rows) == 0 {
		return c, nothingLeft(len(rows), where)
	}
	return c, nil
}

// Mark says in a few words how many runs are shown; empty if all are.
func (c Chosen) Mark() string {
	if len(c.Rows) == c.All {
		return ""
	}
	return fmt.Sprintf("chosen: %d of %s", len(c.Rows), number.Count(c.All, "run"))
}

// String says in a sentence which runs are shown; empty if all are.
func (c Chosen) String() string { return shownSentence(len(c.Rows), c.All, c.Where) }

func shownSentence(left, all int, where string) string {
	if left == all {
		return ""
	}
	return fmt.Sprintf("Shown are %d of %s, those with %s.", left, number.Count(all, "run"), where)
}

func nothingLeft(all int, where string) error {
	return fmt.Errorf("chart: nothing is left of %s by --where %q", number.Count(all, "run"), where)
}

// A selection chooses samples at a level by an expression, or takes them all.
type selection struct {
	of     map[string]variable // the names in the expression
	filter *filter             // nil takes all
}

// newSelection compiles the expression, with the type that each of its names has in the first run.
func newSelection(where string, l level, runs []*Run) (s selection, err error) {
	names, err := namesIn(where)
	if err != nil || where == "" {
		return s, err
	}
	known, kinds := variablesOf(l, runs), make(map[string]any)
	s.of = make(map[string]variable)
	for _, name := range names {
		if s.of[name], err = variableNamed(known, name, l); err != nil {
			return s, fmt.Errorf("%w; in --where", err)
		}
		kinds[name] = s.of[name].of(sample{Run: runs[0]})
	}
	s.filter, err = newFilter(where, names, kinds)
	return s, err
}

// takes reports whether a sample is chosen.
func (s selection) takes(one sample) (bool, error) {
	if s.filter == nil {
		return true, nil
	}
	return s.filter.holds(func(name string) any { return s.of[name].of(one) })
}
