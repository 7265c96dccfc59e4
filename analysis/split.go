package analysis

import (
	"slices"

	"ranksweep/grid"
	"ranksweep/results"
)

// Split sorts runs into those that a grid reports, those of its tuning, and others. A
// reported run becomes a row with the axes of this grid, whichever grid it was first made
// for, and with a warning if its tuning is in doubt. A local grid is reported as one row:
// its best run, whose field Local has the rest. Without a grid, every run is reported.
func Split(g grid.Grid, runs []results.Run) (in []Row, choices []grid.Choice, out []results.Run) {
	if g.Len() == 0 {
		return Rows(runs), nil, nil
	}
	place := make(map[string]int, len(g.Runs))
	for i, p := range g.Runs {
		place[p.ID] = i
	}
	choices = results.Tune(g, runs)
	moving, asked := g.Moving(), g.IDs()
	references, places := g.References(), g.Places()
	for _, r := range runs {
		if i, ok := place[r.ID]; ok {
			s := settingOf(r)
			s.Axes, s.Moving, s.Nuisance, s.Place = g.Runs[i].Axes, moving, g.Nuisance, i
			s.References, s.Places = references[i], places[i]
			if !r.Ranked() {
				s.Moving = g.Nuisance
			}
			if r.Imported != nil {
				s.unplanned()
			}
			s.Warnings = append(slices.Clip(s.Warnings), tuningDoubts(g, choices, s.Axes)...)
			in = append(in, Row{Run: r, Setting: s})
		} else if !asked[r.ID] {
			out = append(out, r)
		}
	}
	if g.Local {
		in = bestOfLocal(g, in)
	}
	return in, choices, out
}

// tuningDoubts returns the doubts about the tuning of a reported run's cell.
func tuningDoubts(g grid.Grid, choices []grid.Choice, axes []grid.Coordinate) []string {
	cell, _ := g.Partition(axes)
	for _, c := range choices {
		if c.Key() == cell {
			return c.Doubts()
		}
	}
	return nil
}

// unplanned takes back what a grid says of runs that were planned: nobody planned imported ones together. A setting
// that has one value at each rank tells lines apart, unless it is the learning rate, which others scale with rank.
func (s *Setting) unplanned() {
	s.Moving = slices.DeleteFunc(slices.Clone(s.Moving), func(name string) bool { return name != "lr" })
	s.Smallest = 0
}
