package analysis

import (
	"math"

	"ranksweep/grid"
	"ranksweep/lora"
	"ranksweep/metrics"
	"ranksweep/results"
)

// Setting is what the runs of a cell share: the fields of a run, as a grid sees them.
type Setting struct {
	Cell   string // as in [results.Run], and so on
	TwinID string

	Method    string
	Scheme    string
	Powers    lora.Scheme
	Rank      int
	Alpha     float64
	Gamma     float64
	Optimizer string
	LR        float64           // the geometric mean, if each seed has its own
	Axes      []grid.Coordinate // the axes of this grid

	Provenance    results.Provenance
	Flops         float64
	FactoredFlops float64
	Bytes         int64
	BeyondTheory  string
	Warnings      []string // the run's own warnings, and doubts about its tuning

	Moving   []string // axes on which the cells of one arm may differ: zipped with rank, or nuisance axes
	Nuisance []string // axes that are tuned
	Place    int      // index in the grid
	Places   []int    // of each value of Axes, its index among the grid's values on that axis
	grid.References
}

// Ranked is as [results.Run.Ranked].
func (s Setting) Ranked() bool { return s.Rank > 0 }

// settingOf returns the setting of a run without a grid.
func settingOf(r results.Run) Setting {
	return Setting{
		Cell: r.Cell, TwinID: r.TwinID,
		Method: r.Method(), Scheme: r.Scheme, Powers: r.Powers, Rank: r.Rank, Alpha: r.Alpha, Gamma: r.Gamma,
		Optimizer: r.Optimizer, LR: r.LR, Axes: r.Axes,
		Provenance: r.Provenance, Flops: r.Flops, FactoredFlops: r.FactoredFlops, Bytes: r.Bytes,
		BeyondTheory: r.BeyondTheory, Warnings: r.Warnings,
	}
}

// run returns the setting as a run of the cell, without a seed and without what was measured.
func (s Setting) run() results.Run {
	return results.Run{
		Cell: s.Cell, TwinID: s.TwinID,
		Scheme: s.Scheme, Powers: s.Powers, Rank: s.Rank, Alpha: s.Alpha, Gamma: s.Gamma,
		Optimizer: s.Optimizer, LR: s.LR, Axes: s.Axes,
		Provenance: s.Provenance, Flops: s.Flops, FactoredFlops: s.FactoredFlops, Bytes: s.Bytes,
		BeyondTheory: s.BeyondTheory, Warnings: s.Warnings,
	}
}

// Row is a run within a grid: the stored record, unchanged, and the setting that the grid
// gives it.
type Row struct {
	results.Run
	Setting Setting
	Local   *LocalGrid // the local grid whose best run this is; nil without one
}

// Rows makes rows of runs without a grid.
func Rows(runs []results.Run) []Row {
	rows := make([]Row, len(runs))
	for i, r := range runs {
		rows[i] = Row{Run: r, Setting: settingOf(r)}
	}
	return rows
}

// Records returns the runs of rows as they are stored.
func Records(rows []Row) []results.Run {
	runs := make([]results.Run, len(rows))
	for i, r := range rows {
		runs[i] = r.Run
	}
	return runs
}

// Statistic returns the run's value of s. For a local grid, the final validation loss is
// that of the parabola's lowest point, also by bits per byte; every other statistic is the best run's.
func (r Row) Statistic(s metrics.Statistic) float64 {
	switch {
	case r.Local != nil && s.Name == metrics.ValLossFinal.Name:
		return r.Local.Loss
	case r.Local != nil && s.Name == metrics.BitsPerByteFinal.Name:
		return r.Local.Loss * r.per(s)
	}
	return r.Run.Statistic(s)
}

// per is how much of a loss one nat a token is: 1, or for bits per byte as many as the run has of them.
func (r Row) per(loss metrics.Statistic) float64 {
	if loss.Name != metrics.BitsPerByteFinal.Name {
		return 1
	}
	return r.Run.Statistic(loss) / r.Run.Statistic(metrics.ValLossFinal)
}

// OnsetIn is the validation loss before any update, in the unit of a loss.
func (r Row) OnsetIn(loss metrics.Statistic) float64 { return r.OnsetLoss() * r.per(loss) }

// Learned returns how far the validation loss fell: its value before any update, minus the
// final one by [Row.Statistic]; NaN if one of the two was not measured.
func (r Row) Learned() float64 { return r.OnsetLoss() - r.Statistic(metrics.ValLossFinal) }

// overExpected is the run's term in the mean [Cell.OverExpected]: the square of s over the
// expected square or, for a loss drop, the value over the expected one; NaN if it has none.
func (r Row) overExpected(s metrics.Statistic) float64 {
	ratio := r.Statistic(s) / r.expected(s)
	if !s.Theory.Mean {
		ratio *= ratio
	}
	return ratio
}

// expected returns the value that theory expects of s in the run; NaN if it expects none.
func (r Row) expected(s metrics.Statistic) float64 {
	if v, ok := r.Expected[s.Name]; ok {
		return v
	}
	return math.NaN()
}
