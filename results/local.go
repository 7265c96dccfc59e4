package results

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strconv"

	"ranksweep/metrics"
	"ranksweep/metrics/stats"
)

// Local is what is reported of one cell and seed that was trained at several
// values of the nuisance axis: the lowest point of the parabola through the best
// of them and its two neighbours, of final validation loss against the logarithm
// of the value. So the error of choosing a value is part of what differs between
// seeds, and their interval has it in.
type Local struct {
	Value float64 // of the nuisance axis, at the lowest point
	Loss  float64 // final validation loss there; NaN where no run has one
	Edge  bool    // the best run has the least or the greatest value tried, so that a better one may lie beyond
	Tried int     // values that have a result
	Runs  []Row   // all that were trained, in rising order of their values
}

// Trained are the records behind what is reported: where a row stands for a local
// grid, those of all of that, and its own elsewhere.
func Trained(reported []Row) (trained []Run) {
	for _, r := range reported {
		if r.Local != nil {
			trained = append(trained, Records(r.Local.Runs)...)
		} else {
			trained = append(trained, r.Run)
		}
	}
	return trained
}

// localGrid is what the grid asks for of one cell and seed.
type localGrid struct {
	planned int
	runs    []Row
	first   *Row // the first run of the cell, over all seeds, in the grid's order
}

// bestOfLocal returns a row for each local grid of which some run was trained,
// in the grid's order.
func (g Grid) bestOfLocal(trained []Row) (best []Row) {
	for _, l := range g.localGrids(trained) {
		if len(l.runs) > 0 {
			best = append(best, l.best(g.Nuisance[0]))
		}
	}
	return best
}

// localGrids sorts runs by cell and seed.
func (g Grid) localGrids(trained []Row) []*localGrid {
	byID := make(map[string]*Row, len(trained))
	for i := range trained {
		byID[trained[i].ID] = &trained[i]
	}
	var all []*localGrid
	bySample, first := make(map[string]*localGrid), make(map[string]*Row)
	for _, p := range g.Runs {
		cell, _ := g.Partition(p.Axes)
		sample := key(without(p.Axes, g.Nuisance...))
		l := bySample[sample]
		if l == nil {
			l = &localGrid{}
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

// best is the run with the lowest loss, and the lowest point of the grid. Since
// its value differs by seed, it gets the hashes of the cell's first run, so that
// it shares a cell with the other seeds.
func (l *localGrid) best(axis string) Row {
	value := func(r Row) float64 {
		v, _ := strconv.ParseFloat(ValueOf(r.Setting.Axes, axis), 64)
		return v
	}
	slices.SortFunc(l.runs, func(a, b Row) int { return cmp.Compare(value(a), value(b)) })
	var tried []stats.Trial
	var of []Row
	for _, r := range l.runs {
		if p := rated(value(r), r); len(p) > 0 {
			tried, of = append(tried, p...), append(of, r)
		}
	}
	local := &Local{Tried: len(tried), Runs: l.runs}
	var r Row
	if o := stats.FindOptimum(tried); !math.IsNaN(o.Rate) {
		local.Value, local.Loss, local.Edge = o.Rate, o.Loss, o.Edge
		lowest, _ := stats.Lowest(tried)
		r = of[lowest]
	} else {
		r = leastBad(l.runs)
		local.Value, local.Loss = value(r), r.Statistic(metrics.ValLossFinal)
	}
	r.Local = local
	s, first := &r.Setting, l.first.Setting
	s.Cell, s.Function, s.Place = first.Cell, first.Function, first.Place
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
		"its best %s is that of the others",
		seed, lacking, planned, axis)
}

// leastBad is the run that stands for a grid in which none learned anything: one
// that is done before one that diverged, and that before one that failed; then
// by loss, or by the step at which it ended.
func leastBad(runs []Row) Row {
	order := []Status{Done, Diverged, Failed}
	return slices.MinFunc(runs, func(a, b Row) int {
		return cmp.Or(
			cmp.Compare(slices.Index(order, a.Status), slices.Index(order, b.Status)),
			cmp.Compare(a.Statistic(metrics.ValLossFinal), b.Statistic(metrics.ValLossFinal)),
			-cmp.Compare(a.Steps, b.Steps),
		)
	})
}

// withValue are axes with another value of one.
func withValue(axes []Axis, name string, value float64) []Axis {
	axes = slices.Clone(axes)
	for i, a := range axes {
		if a.Name == name {
			axes[i].Value = formatFloat(value)
		}
	}
	return axes
}

// cellAxes are the axes that the runs of a cell share. Of an axis with local
// grids the value is the geometric mean of the best ones.
func cellAxes(runs []Row) []Axis {
	axes := without(runs[0].Setting.Axes, "seed")
	if runs[0].Local == nil {
		return axes
	}
	return withValue(axes, runs[0].Setting.Tuned[0], geometricMean(runs, func(r Row) float64 { return r.Local.Value }))
}

// geometricMean is the very value where all runs have the same.
func geometricMean(runs []Row, of func(Row) float64) float64 {
	sum, first, same := 0.0, of(runs[0]), true
	for _, r := range runs {
		sum += math.Log(of(r))
		same = same && of(r) == first
	}
	if same {
		return first
	}
	return math.Exp(sum / float64(len(runs)))
}

// LocalRange is the least and the greatest of the best values of the cell's
// seeds; ok is false where these have no local grids.
func (c Cell) LocalRange() (low, high float64, ok bool) {
	low, high = math.Inf(1), math.Inf(-1)
	for _, r := range c.Runs {
		if r.Local != nil {
			low, high, ok = math.Min(low, r.Local.Value), math.Max(high, r.Local.Value), true
		}
	}
	return low, high, ok
}

// LocalEdges counts the cell's seeds whose best value lies at the edge of their
// local grid.
func (c Cell) LocalEdges() (n int) {
	for _, r := range c.Runs {
		if r.Local != nil && r.Local.Edge {
			n++
		}
	}
	return n
}

// localMark is what a run is in a local grid, in runs.csv.
type localMark struct{ role, value, loss string }

// localMarks are those of runs by their IDs; none where no run has a local grid.
func localMarks(reported []Row) map[string]localMark {
	marks := make(map[string]localMark)
	for _, r := range reported {
		if r.Local == nil {
			continue
		}
		for _, t := range r.Local.Runs {
			marks[t.ID] = localMark{role: "tried"}
		}
		marks[r.ID] = localMark{"best", formatFloat(r.Local.Value), formatFloat(r.Local.Loss)}
	}
	return marks
}
