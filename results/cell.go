package results

import (
	"cmp"
	"math"
	"slices"

	"ranksweep/metrics"
	"ranksweep/metrics/stats"
)

// Cell is the sample of one config: the runs that differ in nothing but seed.
type Cell struct {
	Run        // what the runs share; fields of a single run (ID, Seed, Status, Curve, …) are empty
	Runs []Run // in order of seed; diverged and failed ones included
}

// Cells groups runs into cells, in the order scheme (lora, rslora, constant,
// then by p), optimizer, remaining axes, rank. It does not depend on the order
// of runs; a run given twice counts once. Runs of different numerics versions,
// models or data are never put into one cell: where a cell's hash says they
// belong together, they stay apart and Warnings say so.
func Cells(runs []Run) []Cell {
	sorted := slices.SortedFunc(slices.Values(runs), compareRuns)
	sorted = slices.CompactFunc(sorted, func(a, b Run) bool { return a.ID == b.ID })

	var cells []Cell
	parts := map[string]int{} // by cell hash
	for len(sorted) > 0 {
		n := sameAsFirst(sorted, compareCells)
		cells = append(cells, newCell(sorted[:n]))
		parts[sorted[0].Cell]++
		sorted = sorted[n:]
	}
	for i, c := range cells {
		if parts[c.Cell] > 1 {
			cells[i].Warnings = append(c.Warnings, "runs of this cell differ in settings, model, data or numerics: kept apart")
		}
	}
	return cells
}

// sameAsFirst counts the leading elements that compare as equal to the first.
func sameAsFirst(runs []Run, compare func(a, b Run) int) int {
	n := slices.IndexFunc(runs, func(r Run) bool { return compare(runs[0], r) != 0 })
	if n < 0 {
		return len(runs)
	}
	return n
}

func newCell(runs []Run) Cell {
	r := runs[0]
	c := Cell{
		Run: Run{
			Cell:       r.Cell,
			Function:   r.Function,
			Experiment: r.Experiment,
			Scheme:     r.Scheme,
			Scaling:    r.Scaling,
			Rank:       r.Rank,
			Alpha:      r.Alpha,
			Gamma:      r.Gamma,
			Optimizer:  r.Optimizer,
			LR:         geometricMean(runs, func(r Run) float64 { return r.LR }),
			Axes:       cellAxes(runs),
			Provenance: r.Provenance,
			Moving:     r.Moving,

			Flops: r.Flops, FactoredFlops: r.FactoredFlops, Bytes: r.Bytes,

			Tuned: r.Tuned,
			Place: r.Place,
		},
		Runs: slices.Clone(runs),
	}
	for _, r := range runs {
		c.BeyondTheory = cmp.Or(c.BeyondTheory, r.BeyondTheory)
		for _, w := range r.Warnings {
			if !slices.Contains(c.Warnings, w) {
				c.Warnings = append(c.Warnings, w)
			}
		}
	}
	return c
}

// Statistic returns the run's value of s. It is NaN where the run failed, and
// where it diverged, but for what was measured early. Of a local grid the final
// validation loss is that of its lowest point, and all else the best run's.
func (r Run) Statistic(s metrics.Statistic) float64 {
	if r.Local != nil && s.Name == tuningLoss {
		return r.Local.Loss
	}
	if r.Status == Done || r.Status == Diverged && s.Early {
		return s.Of(r.Curve)
	}
	return math.NaN()
}

// Statistic returns the mean of s over the cell's seeds that have it.
// [Cell.Diverged] and [Cell.Failed] count what may be missing.
func (c Cell) Statistic(s metrics.Statistic) stats.Interval {
	var values []float64
	for _, r := range c.Runs {
		values = append(values, r.Statistic(s))
	}
	return stats.MeanInterval(values)
}

// expected is what theory expects of s in the run, NaN where it expects nothing.
func (r Run) expected(s metrics.Statistic) float64 {
	if v, ok := r.Expected[s.Name]; ok {
		return v
	}
	return math.NaN()
}

// Learned returns how far the run's validation loss fell, from before any update
// to the end; NaN where that was not measured.
func (r Run) Learned() float64 {
	loss, _ := metrics.StatisticNamed(tuningLoss)
	if len(r.Curve) == 0 || r.Curve[0].Step != 0 {
		return math.NaN()
	}
	return r.Curve[0].Values[metrics.ValLoss] - r.Statistic(loss)
}

// Learned returns the mean of that over the cell's seeds.
func (c Cell) Learned() float64 {
	var fell []float64
	for _, r := range c.Runs {
		fell = append(fell, r.Learned())
	}
	return stats.MeanInterval(fell).Mean
}

// Expected returns what theory expects of s in the cell, the root mean square
// over seeds, whose data differ; NaN where it expects nothing.
func (c Cell) Expected(s metrics.Statistic) float64 {
	var squares []float64
	for _, r := range c.Runs {
		squares = append(squares, math.Pow(r.expected(s), 2))
	}
	return math.Sqrt(stats.MeanInterval(squares).Mean)
}

// OverExpected returns the mean over seeds of what was measured of s over what
// theory expects of it: of squares, whose expectation is exact, but for a loss
// drop, which is a mean itself. It is 1 where theory holds.
func (c Cell) OverExpected(s metrics.Statistic) stats.Interval {
	var ratios []float64
	for _, r := range c.Runs {
		ratios = append(ratios, r.overExpected(s))
	}
	return stats.MeanInterval(ratios)
}

// overExpected is the run's part in [Cell.OverExpected]; NaN where it has none.
func (r Run) overExpected(s metrics.Statistic) float64 {
	ratio := r.Statistic(s) / r.expected(s)
	if !s.Theory.Mean {
		ratio *= ratio
	}
	return ratio
}

// Diverged counts the cell's diverged runs.
func (c Cell) Diverged() int { return c.count(Diverged) }

// Failed counts the cell's failed runs.
func (c Cell) Failed() int { return c.count(Failed) }

func (c Cell) count(s Status) int {
	n := 0
	for _, r := range c.Runs {
		if r.Status == s {
			n++
		}
	}
	return n
}

// CurvePoint is the mean over a cell's seeds at one step.
type CurvePoint struct {
	Step   int
	Tokens int64 // mean over the seeds, rounded
	stats.Interval
}

// Curve returns the mean of q over the cell's done runs at each step at which
// one of them has it, in order of step.
func (c Cell) Curve(q metrics.Quantity) []CurvePoint {
	var points []metrics.Point
	for _, r := range c.Runs {
		if r.Status == Done {
			points = append(points, r.Curve...)
		}
	}
	points = slices.DeleteFunc(points, func(p metrics.Point) bool { return math.IsNaN(p.Values[q]) })
	slices.SortStableFunc(points, func(a, b metrics.Point) int { return a.Step - b.Step })

	var curve []CurvePoint
	for len(points) > 0 {
		step := points[0].Step
		var values, tokens []float64
		for len(points) > 0 && points[0].Step == step {
			values = append(values, points[0].Values[q])
			tokens = append(tokens, float64(points[0].Tokens))
			points = points[1:]
		}
		curve = append(curve, CurvePoint{
			Step:     step,
			Tokens:   int64(math.Round(stats.MeanInterval(tokens).Mean)),
			Interval: stats.MeanInterval(values),
		})
	}
	return curve
}

// Unbelieved counts the cell's runs of which the first loss drop, to first order, is
// not what the loss did, see [metrics.FirstOrderHolds].
func (c Cell) Unbelieved() (n int) {
	for _, r := range c.Runs {
		if holds, known := metrics.FirstOrderHolds(r.Curve); known && !holds {
			n++
		}
	}
	return n
}
