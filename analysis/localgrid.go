package analysis

import (
	"math"
	"slices"

	"ranksweep/grid"
	"ranksweep/results"
)

// LocalGrid is the reported result of one cell and seed that was trained at several values of
// the nuisance axis: the lowest point of a parabola of final validation loss against the
// logarithm of the value, through the best run and its two neighbours. Since each seed
// chooses its own value, the error of that choice is part of the interval over seeds.
type LocalGrid struct {
	Value float64 // of the nuisance axis, at the lowest point
	Loss  float64 // final validation loss there; NaN if no run has a loss
	Edge  bool    // the best run has the least or the greatest value tried: a better one may lie beyond
	Top   bool    // it has the greatest
	Tried int     // number of values that have a result
	Runs  []Row   // all runs that were trained, in rising order of their values
}

// Trained returns the records behind reported rows: all runs of the local grid for a row
// that stands for one, and the row's own run otherwise.
func Trained(reported []Row) (trained []results.Run) {
	for _, r := range reported {
		if r.Local != nil {
			trained = append(trained, Records(r.Local.Runs)...)
		} else {
			trained = append(trained, r.Run)
		}
	}
	return trained
}

// withValue returns axes with another value of the named one.
func withValue(axes []grid.Coordinate, name string, value float64) []grid.Coordinate {
	axes = slices.Clone(axes)
	for i, a := range axes {
		if a.Name == name {
			axes[i].Value = results.FormatFloat(value)
		}
	}
	return axes
}

// cellAxes returns the axes that the runs of a cell share. An axis with local grids gets
// the geometric mean of the seeds' best values.
func cellAxes(runs []Row) []grid.Coordinate {
	axes := grid.Without(runs[0].Setting.Axes, "seed")
	if runs[0].Local == nil {
		return axes
	}
	value := geometricMean(runs, func(r Row) float64 { return r.Local.Value })
	return withValue(axes, runs[0].Setting.Nuisance[0], value)
}

// geometricMean returns the runs' value exactly if all have the same one.
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

// LocalRange returns the least and the greatest of the best values of the cell's seeds; ok
// is false if the seeds have no local grids.
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

// LocalTops counts those of them whose best value is the greatest tried.
func (c Cell) LocalTops() (n int) {
	for _, r := range c.Runs {
		if r.Local != nil && r.Local.Top {
			n++
		}
	}
	return n
}

// LocalMarks says by ID what each of the reported runs is within its local grid.
func LocalMarks(reported []Row) map[string]results.LocalMark {
	marks := make(map[string]results.LocalMark)
	for _, r := range reported {
		if r.Local == nil {
			continue
		}
		for _, t := range r.Local.Runs {
			marks[t.ID] = results.LocalMark{Role: "tried"}
		}
		marks[r.ID] = results.LocalMark{Role: "best", Value: r.Local.Value, Loss: r.Local.Loss}
	}
	return marks
}
