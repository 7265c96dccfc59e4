package results

import (
	"slices"

	"ranksweep/grid"
	"ranksweep/metrics"
)

// Tune returns what tuning tried and chose for each cell of a grid.
func Tune(g grid.Grid, runs []Run) []grid.Choice {
	byID := make(map[string]Run, len(runs))
	for _, r := range runs {
		byID[r.ID] = r
	}
	return g.Choose(func(id string) (grid.Result, bool) {
		r, ok := byID[id]
		return grid.Result{
			Seed: r.Seed, Loss: r.Statistic(metrics.ValLossFinal), Steps: r.Steps,
			Diverged: r.Status == Diverged, Failed: r.Status == Failed,
		}, ok
	})
}

// Split sorts runs into those that a grid reports, those of its tuning, and others. A
// reported run becomes a row with the axes of this grid, whichever grid it was first made
// for, and with a warning if its tuning is in doubt. A local grid is reported as one row:
// its best run, whose field Local has the rest. Without a grid, every run is reported.
func Split(g grid.Grid, runs []Run) (in []Row, choices []grid.Choice, out []Run) {
	if g.Len() == 0 {
		return Rows(runs), nil, nil
	}
	place := make(map[string]int, len(g.Runs))
	for i, p := range g.Runs {
		place[p.ID] = i
	}
	choices = Tune(g, runs)
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

// Planned returns the runs of all phases of a grid, or all without a grid.
func Planned(g grid.Grid, runs []Run) []Run {
	if g.Len() == 0 {
		return runs
	}
	asked := g.IDs()
	return slices.DeleteFunc(slices.Clone(runs), func(r Run) bool { return !asked[r.ID] })
}
