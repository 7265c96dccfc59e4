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

// Planned returns the runs of all phases of a grid, or all without a grid.
func Planned(g grid.Grid, runs []Run) []Run {
	if g.Len() == 0 {
		return runs
	}
	asked := g.IDs()
	return slices.DeleteFunc(slices.Clone(runs), func(r Run) bool { return !asked[r.ID] })
}
