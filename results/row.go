package results

import (
	"math"

	"ranksweep/grid"
	"ranksweep/lora"
	"ranksweep/metrics"
)

// Setting is what the runs of a cell share: the fields of a run, as a grid sees them.
type Setting struct {
	Cell   string // as in Run, and so on
	TwinID string

	Scheme    string
	Powers    lora.Scheme
	Rank      int
	Alpha     float64
	Gamma     float64
	Optimizer string
	LR        float64           // the geometric mean, if each seed has its own
	Axes      []grid.Coordinate // the axes of this grid

	Provenance    Provenance
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

// Ranked is as [Run.Ranked].
func (s Setting) Ranked() bool { return s.Rank > 0 }

// settingOf returns the setting of a run without a grid.
func settingOf(r Run) Setting {
	return Setting{
		Cell: r.Cell, TwinID: r.TwinID,
		Scheme: r.Scheme, Powers: r.Powers, Rank: r.Rank, Alpha: r.Alpha, Gamma: r.Gamma,
		Optimizer: r.Optimizer, LR: r.LR, Axes: r.Axes,
		Provenance: r.Provenance, Flops: r.Flops, FactoredFlops: r.FactoredFlops, Bytes: r.Bytes,
		BeyondTheory: r.BeyondTheory, Warnings: r.Warnings,
	}
}

// Row is a run within a grid: the stored record, unchanged, and the setting that the grid
// gives it.
type Row struct {
	Run
	Setting Setting
	Local   *Local // the local grid whose best run this is; nil without one
}

// Rows makes rows of runs without a grid.
func Rows(runs []Run) []Row {
	rows := make([]Row, len(runs))
	for i, r := range runs {
		rows[i] = Row{Run: r, Setting: settingOf(r)}
	}
	return rows
}

// Records returns the runs of rows as they are stored.
func Records(rows []Row) []Run {
	runs := make([]Run, len(rows))
	for i, r := range rows {
		runs[i] = r.Run
	}
	return runs
}

// Statistic returns the run's value of s. For a local grid, the final validation loss is
// that of the parabola's lowest point; every other statistic is the best run's.
func (r Row) Statistic(s metrics.Statistic) float64 {
	if r.Local != nil && s.Name == metrics.ValLossFinal.Name {
		return r.Local.Loss
	}
	return r.Run.Statistic(s)
}

// Learned returns how far the validation loss fell: its value before any update, minus the
// final one by [Row.Statistic]; NaN if one of the two was not measured.
func (r Row) Learned() float64 { return r.onsetLoss() - r.Statistic(metrics.ValLossFinal) }

// overExpected is the run's term in the mean [Cell.OverExpected]: the square of s over the
// expected square or, for a loss drop, the value over the expected one; NaN if it has none.
func (r Row) overExpected(s metrics.Statistic) float64 {
	ratio := r.Statistic(s) / r.expected(s)
	if !s.Theory.Mean {
		ratio *= ratio
	}
	return ratio
}

// Statistic returns the run's value of s. It is NaN if the run failed. If the run diverged
// it is NaN too, except for statistics of the first steps.
func (r Run) Statistic(s metrics.Statistic) float64 {
	if r.Status == Done || r.Status == Diverged && s.Early {
		return s.Of(r.Curve)
	}
	return math.NaN()
}

// Learned returns how far the run's validation loss fell, from before any update to the
// end; NaN if one of the two was not measured.
func (r Run) Learned() float64 { return r.onsetLoss() - r.Statistic(metrics.ValLossFinal) }

// expected returns the value that theory expects of s in the run; NaN if it expects none.
func (r Run) expected(s metrics.Statistic) float64 {
	if v, ok := r.Expected[s.Name]; ok {
		return v
	}
	return math.NaN()
}

// onsetLoss returns the validation loss before any update; NaN if it was not measured.
func (r Run) onsetLoss() float64 {
	if len(r.Curve) == 0 || r.Curve[0].Step != 0 {
		return math.NaN()
	}
	return r.Curve[0].Values[metrics.ValLoss]
}
