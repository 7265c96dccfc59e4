package results

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"

	"github.com/google/renameio/v2/maybe"

	"ranksweep/lora"
	"ranksweep/metrics"
)

// Export writes runs.csv, curves.csv, cells.csv and exponents.csv into dir,
// which it makes where it is absent. Each file is replaced whole. A value that
// is absent is an empty field.
//
// An axis of the grid is a column of its own unless the file has a column of
// that name already. Of local grids every run is there that was trained: of each
// seed one is marked best, with what cells.csv is computed from, the value and the
// loss at the lowest point of its parabola.
func Export(runs []Run, dir string) error {
	for _, table := range []struct {
		name string
		rows [][]string
	}{
		{"runs.csv", runRows(runs)},
		{"curves.csv", curveRows(sorted(Trained(runs)))},
		{"cells.csv", cellRows(Cells(runs))},
		{"exponents.csv", exponentRows(Arms(runs))},
	} {
		if err := writeRows(filepath.Join(dir, table.name), table.rows); err != nil {
			return err
		}
	}
	return nil
}

// ExportRuns writes the rows of runs.csv to a file, replaced whole, in a folder
// which it makes where it is absent.
func ExportRuns(runs []Run, path string) error { return writeRows(path, runRows(runs)) }

func sorted(runs []Run) []Run { return slices.SortedFunc(slices.Values(runs), compareRuns) }

func writeRows(path string, rows [][]string) error {
	if err := os.MkdirAll(filepath.Dir(path), 0o777); err != nil {
		return fmt.Errorf("results: %w", err)
	}
	if err := maybe.WriteFile(path, encodeCSV(rows), 0o666); err != nil {
		return fmt.Errorf("results: %s: %w", path, err)
	}
	return nil
}

// runRows has a row a run that was trained: its settings and how it ended, every
// statistic, every axis, and what it is in a local grid.
func runRows(reported []Run) [][]string {
	runs, marks := sorted(Trained(reported)), localMarks(reported)
	columns := []string{
		"run", "experiment", "scheme", "p", "rank", "alpha", "gamma", "seed",
		"optimizer", "lr", "status", "steps", "tokens", "seconds",
		"flops", "factored_flops", "bytes",
	}
	for _, s := range metrics.Statistics {
		columns = append(columns, s.Name)
	}
	var grids [][]Axis
	for _, r := range runs {
		grids = append(grids, r.Axes)
	}
	axes := axisColumns(grids, columns)

	rows := [][]string{slices.Concat(columns, axes)}
	if len(marks) > 0 {
		rows[0] = append(rows[0], localColumns...)
	}
	for _, r := range runs {
		row := []string{
			r.ID, r.Experiment, r.Scheme, powerOf(r.Scaling), strconv.Itoa(r.Rank),
			formatFloat(r.Alpha), formatFloat(r.Gamma), strconv.FormatUint(r.Seed, 10),
			r.Optimizer, formatFloat(r.LR), string(r.Status), strconv.Itoa(r.Steps),
			strconv.FormatInt(r.Tokens, 10), formatFloat(r.Timing.Seconds),
			formatFloat(r.Flops), formatFloat(r.FactoredFlops), strconv.FormatInt(r.Bytes, 10),
		}
		for _, s := range metrics.Statistics {
			row = append(row, formatFloat(r.Statistic(s)))
		}
		rows = append(rows, slices.Concat(row, axisValues(r.Axes, axes), marks[r.ID]))
	}
	return rows
}

// powerOf is the p of a scheme's γ = α/r^p; empty where γ is no power of rank. What
// else of a scheme depends on rank is in its name.
func powerOf(s lora.Scheme) string {
	if s.Log {
		return ""
	}
	return formatFloat(s.P)
}

// curveRows has a row a run and step, diverged runs included.
func curveRows(runs []Run) [][]string {
	rows := [][]string{append([]string{"run", "step", "tokens"}, quantityColumns()...)}
	for _, r := range runs {
		for _, p := range r.Curve {
			row := []string{r.ID, strconv.Itoa(p.Step), strconv.FormatInt(p.Tokens, 10)}
			for _, v := range p.Values {
				row = append(row, formatFloat(v))
			}
			rows = append(rows, row)
		}
	}
	return rows
}

// cellRows has a row a cell and statistic.
func cellRows(cells []Cell) [][]string {
	settings := []string{"cell", "scheme", "p", "rank", "alpha", "gamma", "optimizer", "lr"}
	sample := []string{"diverged", "failed", "quantity", "n", "mean", "ci_low", "ci_high", "expected"}
	var grids [][]Axis
	for _, c := range cells {
		grids = append(grids, c.Axes)
	}
	axes := axisColumns(grids, slices.Concat(settings, sample))

	rows := [][]string{slices.Concat(settings, axes, sample)}
	for _, c := range cells {
		of := []string{
			c.Cell, c.Scheme, powerOf(c.Scaling), strconv.Itoa(c.Rank),
			formatFloat(c.Alpha), formatFloat(c.Gamma), c.Optimizer, formatFloat(c.LR),
		}
		of = append(of, axisValues(c.Axes, axes)...)
		of = append(of, strconv.Itoa(c.Diverged()), strconv.Itoa(c.Failed()))
		for _, s := range metrics.Statistics {
			i := c.Statistic(s)
			rows = append(rows, slices.Concat(of, []string{
				s.Name, strconv.Itoa(i.N), formatFloat(i.Mean), formatFloat(i.Low), formatFloat(i.High), formatFloat(c.Expected(s)),
			}))
		}
	}
	return rows
}

// exponentRows has a row an arm and statistic. Where there is no fit, n is 0
// and the exponent absent.
func exponentRows(arms []Arm) [][]string {
	columns := []string{"scheme", "optimizer", "quantity", "exponent", "ci_low", "ci_high", "predicted", "n", "seeds", "ranks", "predicted_high"}
	var grids [][]Axis
	for _, a := range arms {
		grids = append(grids, a.Axes)
	}
	axes := axisColumns(grids, columns)

	rows := [][]string{slices.Concat(columns, axes)}
	for _, a := range arms {
		for _, s := range metrics.Statistics {
			e, _ := a.Exponent(s)
			rows = append(rows, append([]string{
				a.Scheme, a.Optimizer, s.Name, formatFloat(e.Value), formatFloat(e.Low),
				formatFloat(e.High), formatFloat(e.Predicted), strconv.Itoa(e.N),
				strconv.Itoa(e.Seeds), strconv.Itoa(e.Ranks), formatFloat(e.Predicted + e.Rise),
			}, axisValues(a.Axes, axes)...))
		}
	}
	return rows
}

// axisColumns names the axes of all grids that are no column yet, in order of
// first appearance.
func axisColumns(grids [][]Axis, columns []string) []string {
	var names []string
	for _, grid := range grids {
		for _, a := range grid {
			if !slices.Contains(columns, a.Name) && !slices.Contains(names, a.Name) {
				names = append(names, a.Name)
			}
		}
	}
	return names
}

// axisValues returns the values of the named axes, empty for one that is not
// among axes.
func axisValues(axes []Axis, names []string) []string {
	values := make([]string, len(names))
	for _, a := range axes {
		if i := slices.Index(names, a.Name); i >= 0 {
			values[i] = a.Value
		}
	}
	return values
}
