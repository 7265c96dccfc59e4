package analysis

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strconv"

	"ranksweep/grid"
	"ranksweep/metrics"
	"ranksweep/metrics/stats"
	"ranksweep/results"
)

// localSample is the part of a grid that belongs to one cell and seed.
type localSample struct {
	planned int
	runs    []Row
	first   *Row // the first run of the cell, over all seeds, in the grid's order
}

// bestOfLocal returns a row for each local grid with at least one trained run, in the
// grid's order.
func bestOfLocal(g grid.Grid, trained []Row) (best []Row) {
	for _, l := range localSamples(g, trained) {
		if len(l.runs) > 0 {
			best = append(best, l.best(g.Nuisance[0]))
		}
	}
	return best
}

// localSamples sorts runs by cell and seed.
func localSamples(g grid.Grid, trained []Row) []*localSample {
	byID := make(map[string]*Row, len(trained))
	for i := range trained {
		byID[trained[i].ID] = &trained[i]
	}
	var all []*localSample
	bySample, first := make(map[string]*localSample), make(map[string]*Row)
	for _, p := range g.Runs {
		cell, _ := g.Partition(p.Axes)
		sample := grid.Key(grid.Without(p.Axes, g.Nuisance...))
		l := bySample[sample]
		if l == nil {
			l = &localSample{}
			bySample[sample], all = l, append(all, l)
		}
		l.planned++
		r := byID[p.ID]
		if r == nil {
			continue
		}
		if first[cell] == nil {
			first[cell] = r
		}
		l.runs, l.first = append(l.runs, *r), first[cell]
	}
	return all
}

// best returns the run with the lowest loss as a row, with the lowest point of the grid in
// its field Local. The value differs by seed, so the row gets the hashes of the cell's
// first run, and shares a cell with the other seeds.
func (l *localSample) best(axis string) Row {
	value := func(r Row) float64 {
		v, _ := strconv.ParseFloat(grid.ValueOf(r.Setting.Axes, axis), 64)
		return v
	}
	slices.SortFunc(l.runs, func(a, b Row) int { return cmp.Compare(value(a), value(b)) })
	var tried []stats.Trial
	var of []Row
	for _, r := range l.runs {
		if p := rated(value(r), r, finalLoss); len(p) > 0 {
			tried, of = append(tried, p...), append(of, r)
		}
	}
	local := &LocalGrid{Tried: len(tried), Runs: l.runs}
	var r Row
	if o := stats.FindOptimum(tried); !math.IsNaN(o.Rate) {
		local.Value, local.Loss, local.Edge = o.Rate, o.Loss, o.Edge
		lowest, _ := stats.Lowest(tried)
		local.Top = o.Edge && lowest == len(tried)-1
		r = of[lowest]
	} else {
		r = leastBad(l.runs)
		local.Value, local.Loss = value(r), r.Statistic(metrics.ValLossFinal)
	}
	r.Local = local
	s, first := &r.Setting, l.first.Setting
	s.Cell, s.TwinID, s.Place = first.Cell, first.TwinID, first.Place
	s.Axes = withValue(s.Axes, axis, local.Value)
	if axis == "lr" {
		s.LR = local.Value
	}
	if lacking := l.planned - len(tried); lacking > 0 {
		s.Warnings = append(slices.Clip(s.Warnings), lacks(lacking, l.planned, r.Seed, axis))
	}
	return r
}

// lacks says that a local grid is not complete.
func lacks(lacking, planned int, seed uint64, axis string) string {
	return fmt.Sprintf("seed %d lacks %d of the %d runs of its local grid, which are missing or failed: "+
		"its best %s comes from the other runs",
		seed, lacking, planned, axis)
}

// leastBad chooses the run that stands for a grid in which no run learned anything: a done
// run before a diverged one, and that before a failed one; then the lower loss, or the
// later last step.
func leastBad(runs []Row) Row {
	order := []results.Status{results.Done, results.Diverged, results.Failed}
	return slices.MinFunc(runs, func(a, b Row) int {
		return cmp.Or(
			cmp.Compare(slices.Index(order, a.Status), slices.Index(order, b.Status)),
			cmp.Compare(a.Statistic(metrics.ValLossFinal), b.Statistic(metrics.ValLossFinal)),
			-cmp.Compare(a.Steps, b.Steps),
		)
	})
}
