package analysis

import (
	"cmp"
	"math"
	"slices"

	"ranksweep/grid"
	"ranksweep/metrics"
	"ranksweep/metrics/stats"
	"ranksweep/results"
)

// Cell is the sample of one config: the runs that differ only in their seed.
type Cell struct {
	Setting       // what the runs share
	Runs    []Row // in order of seed; diverged and failed ones included
}

// Cells groups rows into cells, in the order scheme, remaining axes, rank. Schemes and the values
// on axes are in the order of the rows' grid or, without a grid, of the schemes' names (lora,
// rslora, constant, then by p), the optimizers' names, and the values. The result does not depend on the order of
// rows, and a run that is given twice counts once. Runs with different numerics versions,
// models or data never share a cell: if their cell hash says that they belong together,
// they stay apart and Warnings say so.
func Cells(rows []Row) []Cell {
	sorted := slices.SortedFunc(slices.Values(rows), compareRows)
	sorted = slices.CompactFunc(sorted, func(a, b Row) bool { return a.ID == b.ID })

	var cells []Cell
	parts := map[string]int{} // by cell hash
	for len(sorted) > 0 {
		n := sameAsFirst(sorted)
		cells = append(cells, newCell(sorted[:n:n]))
		parts[sorted[0].Setting.Cell]++
		sorted = sorted[n:]
	}
	for i, c := range cells {
		if note := mixture(c.Runs); note != "" {
			cells[i].Warnings = append(cells[i].Warnings, note)
		}
		if parts[c.Cell] > 1 {
			cells[i].Warnings = append(cells[i].Warnings,
				"runs of this cell differ in settings, model, data or numerics: kept apart")
		}
	}
	return cells
}

// sameAsFirst counts the leading rows that belong to the first row's cell.
func sameAsFirst(rows []Row) int {
	first := rows[0].Setting
	n := slices.IndexFunc(rows, func(r Row) bool { return compareCells(first, r.Setting) != 0 })
	if n < 0 {
		return len(rows)
	}
	return n
}

// newCell makes a cell of rows that share one setting, except for what differs by seed.
func newCell(rows []Row) Cell {
	c := Cell{Setting: rows[0].Setting, Runs: rows}
	c.LR = geometricMean(rows, func(r Row) float64 { return r.Setting.LR })
	c.Axes = cellAxes(rows)
	if seed := slices.IndexFunc(rows[0].Setting.Axes, isSeed); seed >= 0 && len(c.Places) > seed {
		c.Places = slices.Delete(slices.Clone(c.Places), seed, seed+1)
	}
	c.BeyondTheory, c.Warnings = "", nil
	for _, r := range rows {
		c.BeyondTheory = cmp.Or(c.BeyondTheory, r.BeyondTheory)
		for _, w := range r.Setting.Warnings {
			if !slices.Contains(c.Warnings, w) {
				c.Warnings = append(c.Warnings, w)
			}
		}
	}
	return c
}

func isSeed(a grid.Coordinate) bool { return a.Name == "seed" }

// Statistic returns the mean of s over the cell's seeds that have a value.
// [Cell.Diverged] and [Cell.Failed] count the runs that may lack one.
func (c Cell) Statistic(s metrics.Statistic) stats.Interval {
	var values []float64
	for _, r := range c.Runs {
		values = append(values, r.Statistic(s))
	}
	return stats.MeanInterval(values)
}

// per is as [Row.per]: of the first run that has it, since the runs of a cell have one validation set.
func (c Cell) per(loss metrics.Statistic) float64 {
	for _, r := range c.Runs {
		if per := r.per(loss); !math.IsNaN(per) {
			return per
		}
	}
	return math.NaN()
}

// Learned returns the mean of [Row.Learned] over the cell's seeds.
func (c Cell) Learned() float64 {
	var fell []float64
	for _, r := range c.Runs {
		fell = append(fell, r.Learned())
	}
	return stats.MeanInterval(fell).Mean
}

// Expected returns the value that theory expects of s in the cell: the root mean square
// over seeds, since seeds have different data; NaN if theory expects nothing.
func (c Cell) Expected(s metrics.Statistic) float64 {
	var squares []float64
	for _, r := range c.Runs {
		squares = append(squares, math.Pow(r.expected(s), 2))
	}
	return math.Sqrt(stats.MeanInterval(squares).Mean)
}

// OverExpected returns the mean over seeds of the square of s over the expected square, which
// is 1 if theory holds: theory has the expectation of squares. For a loss drop, whose mean
// theory has, it is the mean of the value over the expected value.
func (c Cell) OverExpected(s metrics.Statistic) stats.Interval {
	var ratios []float64
	for _, r := range c.Runs {
		ratios = append(ratios, r.overExpected(s))
	}
	return stats.MeanInterval(ratios)
}

// Diverged counts the cell's diverged runs.
func (c Cell) Diverged() int { return c.count(results.Diverged) }

// Failed counts the cell's failed runs.
func (c Cell) Failed() int { return c.count(results.Failed) }

func (c Cell) count(s results.Status) int {
	n := 0
	for _, r := range c.Runs {
		if r.Status == s {
			n++
		}
	}
	return n
}

// Checked counts the cell's runs whose first loss drop, computed to first order, can be
// compared with what the loss did; see [metrics.FirstOrderHolds].
func (c Cell) Checked() (n int) {
	for _, r := range c.Runs {
		if _, known := metrics.FirstOrderHolds(r.Curve); known {
			n++
		}
	}
	return n
}

// DropRatio returns what the loss did over the first loss drop, computed to first order: the mean over the runs that
// have both, whether or not the two can be compared.
func (c Cell) DropRatio() stats.Interval {
	var ratios []float64
	for _, r := range c.Runs {
		ratios = append(ratios, metrics.DropRatio(r.Curve))
	}
	return stats.MeanInterval(ratios)
}

// BelowEstimate counts the runs in which the loss fell by less than the first loss drop, computed to first order.
func (c Cell) BelowEstimate() (n int) {
	for _, r := range c.Runs {
		if metrics.DropRatio(r.Curve) < 1 {
			n++
		}
	}
	return n
}

// Unbelieved counts the cell's runs whose first loss drop, computed to first order, does
// not match what the loss did; see [metrics.FirstOrderHolds].
func (c Cell) Unbelieved() (n int) {
	for _, r := range c.Runs {
		if holds, known := metrics.FirstOrderHolds(r.Curve); known && !holds {
			n++
		}
	}
	return n
}
