package results

import (
	"fmt"

	"ranksweep/grid"
)

// Coverage counts the runs that a grid asks for, and those of them that are there. The zero
// value says nothing.
type Coverage struct {
	Planned, There int  // runs of all phases; failed ones are there
	Tuning, Tuned  int  // those of them that tune
	Newer          int  // how many of the others a newer program wrote, so that they cannot be read
	PlanUnknown    bool // no grid was recorded, so that nobody can tell what is missing
}

// CoverageOf counts which of a grid's runs are among runs, and which of them a newer program
// wrote. Of an empty grid the plan is unknown.
func CoverageOf(g grid.Grid, runs []Run, newer []*NewerError) Coverage {
	there := make(map[string]bool, len(runs))
	for _, r := range runs {
		there[r.ID] = true
	}
	count := func(planned []grid.Planned) (n int) {
		for _, p := range planned {
			if there[p.ID] {
				n++
			}
		}
		return n
	}
	c := Coverage{Planned: g.Len(), Tuning: len(g.Tuning), Tuned: count(g.Tuning), Newer: len(newer)}
	c.There = c.Tuned + count(g.Runs)
	if c.PlanUnknown = g.Len() == 0; c.PlanUnknown {
		c.Planned, c.There = len(runs)+len(newer), len(runs)
	}
	return c
}

// Missing counts the planned runs that have no record.
func (c Coverage) Missing() int { return c.Planned - c.There - c.Newer }

// Whole reports whether all of a plan is there, as far as anybody knows.
func (c Coverage) Whole() bool { return !c.PlanUnknown && c.There == c.Planned }

// Mark says in a few words that the runs are a part of the plan; empty if they are all of it.
func (c Coverage) Mark() string {
	switch {
	case c.Whole():
		return ""
	case c.PlanUnknown:
		return "plan unknown"
	}
	return fmt.Sprintf("partial: %d of %d runs", c.There, c.Planned)
}

// String says what of the plan is there; empty if that is all of it.
func (c Coverage) String() string {
	if c.Whole() {
		return ""
	}
	text := c.Mark() + " of the grid"
	if c.PlanUnknown {
		text = c.Mark() + ": " + gridFile + " is missing, so that nobody can tell which runs are; " +
			"all that are there are shown"
	}
	if c.Tuning > 0 {
		text += fmt.Sprintf(", %d of %d that tune and %d of %d that are reported",
			c.Tuned, c.Tuning, c.There-c.Tuned, c.Planned-c.Tuning)
	}
	if c.Newer > 0 {
		text += fmt.Sprintf("; a newer program wrote %d more, left out here", c.Newer)
	}
	return text
}
