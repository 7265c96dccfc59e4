package results

import (
	"fmt"
	"path/filepath"
	"slices"
	"strconv"

	"ranksweep/grid"
	"ranksweep/lora"
	"ranksweep/metrics"
	"ranksweep/wholefile"
)

// Export writes runs.csv, curves.csv, validation.csv, cells.csv, exponents.csv, and
// columns.csv, which explains every column, into dir, and makes dir if need be. Each file
// is replaced as a whole. An absent value is an empty field.
//
// runs are the runs of all phases that the grid asks for, before [Split]; a run that
// the grid asks for and runs lack is exported with the status missing. Cells and exponents
// come from the reported runs only.
func Export(runs []Run, g grid.Grid, dir string) error {
	runs = slices.SortedFunc(slices.Values(runs), compareRuns)
	runTable, err := newRunTable(runs, g)
	if err != nil {
		return err
	}
	in, _, _ := Split(g, runs)
	tables := []table{runTable, newCurveTable(runs), newValidationTable(runs), newCellTable(Cells(in)),
		newExponentTable(Arms(in))}
	for _, t := range append(tables, dictionaryOf(tables...)) {
		if err := t.write(dir); err != nil {
			return err
		}
	}
	return nil
}

func (t table) write(dir string) error { return writeRows(filepath.Join(dir, t.file), t.lines()) }

func writeRows(path string, rows [][]string) error {
	return writeFile(path, encodeCSV(rows))
}

// writeFile replaces a file, and makes its folder if need be.
func writeFile(path string, data []byte) error {
	if err := wholefile.WriteBytes(path, data); err != nil {
		return fmt.Errorf("results: %w", err)
	}
	return nil
}

// sizes returns what sizeFields name as cells, all empty without a rank.
func (s Setting) sizes() []string {
	cells := make([]string, len(sizeFields))
	r := runRow{Run: Run{Powers: s.Powers, Rank: s.Rank, Alpha: s.Alpha, Gamma: s.Gamma}}
	for i, f := range sizeFields {
		if s.Ranked() {
			cells[i] = formatCell(f.at(&r))
		}
	}
	return cells
}

// powerOf returns the p of a scheme's γ = α/r^p; empty if γ is no power of rank. Anything
// else in a scheme that depends on rank is part of its name.
func powerOf(s lora.Scheme) string {
	if s.Log {
		return ""
	}
	return formatFloat(s.P)
}

// newCellTable is cells.csv: a row per cell and statistic.
func newCellTable(cells []Cell) table {
	var grids [][]grid.Coordinate
	for _, c := range cells {
		grids = append(grids, c.Axes)
	}
	axes := axisNames(grids)
	t := table{file: cellsTable, columns: slices.Concat(cellSettings, axisColumns(axes), cellSample)}
	for _, c := range cells {
		of := slices.Concat([]string{textCell(c.Cell), textCell(c.Scheme)}, c.sizes(),
			[]string{textCell(c.Optimizer), formatFloat(c.LR)})
		of = append(of, axisCells(c.Axes, axes)...)
		of = append(of, strconv.Itoa(c.Diverged()), strconv.Itoa(c.Failed()))
		for _, s := range metrics.Statistics {
			i := c.Statistic(s)
			t.rows = append(t.rows, slices.Concat(of, []string{
				s.Name, strconv.Itoa(i.N), formatFloat(i.Mean), formatFloat(i.Low), formatFloat(i.High),
				formatFloat(c.Expected(s)),
			}))
		}
	}
	return t
}

var cellSettings = slices.Concat(
	[]column{
		{"cell", "", "hash of the config with the seed left out"},
		{"scheme", "", "scaling scheme, with @4 after it where it is matched at rank 4"},
	},
	columnsOf(sizeFields),
	[]column{
		{"optimizer", "", "optimizer"},
		{"lr", "1", "peak learning rate"},
	},
)

// columnsOf are the columns of fields.
func columnsOf(fields []runField) (columns []column) {
	for _, f := range fields {
		columns = append(columns, f.column)
	}
	return columns
}

var cellSample = []column{
	{"diverged", "runs", "runs of the cell that diverged"},
	{"failed", "runs", "runs of the cell that failed"},
	{"quantity", "", "statistic of a run that the row is about, a column of " + runsTable},
	{"n", "runs", "runs that have it, one a seed"},
	{"mean", "of the quantity", "mean over seeds"},
	{"ci_low", "of the quantity", "lower end of Student's 95% interval of the mean over seeds"},
	{"ci_high", "of the quantity", "upper end of it"},
	{"expected", "of the quantity",
		"what theory expects, the root mean square over seeds; empty where that is not known"},
}

// newExponentTable is exponents.csv: a row per arm and statistic. Without a fit, n is 0 and
// the exponent is absent. predicted is the power for ranks far below the maps' width;
// predicted_high is the power for ranks far above that width, which may be smaller.
func newExponentTable(arms []Arm) table {
	var grids [][]grid.Coordinate
	for _, a := range arms {
		grids = append(grids, a.Axes)
	}
	axes := axisNames(grids)
	t := table{file: exponentsTable, columns: slices.Concat(exponentColumns, axisColumns(axes))}
	for _, a := range arms {
		for _, s := range metrics.Statistics {
			e, _ := a.Exponent(s)
			t.rows = append(t.rows, append([]string{
				textCell(a.Scheme), textCell(a.Optimizer), s.Name, formatFloat(e.Value), formatFloat(e.Low),
				formatFloat(e.High), formatFloat(e.Predicted), strconv.Itoa(e.N),
				strconv.Itoa(e.Seeds), strconv.Itoa(e.Ranks), formatFloat(e.Predicted + e.Rise),
			}, axisCells(a.Axes, axes)...))
		}
	}
	return t
}

var exponentColumns = []column{
	{"scheme", "", "scaling scheme, with @4 after it where it is matched at rank 4"},
	{"optimizer", "", "optimizer"},
	{"quantity", "", "statistic of a run that the row is about, a column of " + runsTable},
	{"exponent", "power of rank", "fitted power of rank: the mean over seeds of one slope a seed, log on log"},
	{"ci_low", "power of rank", "lower end of Student's 95% interval of it over seeds"},
	{"ci_high", "power of rank", "upper end of it"},
	{"predicted", "power of rank", "what theory predicts for ranks far below the maps' width; empty where nothing"},
	{"n", "runs", "runs in the fit; 0 where there is none"},
	{"seeds", "seeds", "seeds in the fit"},
	{"ranks", "ranks", "distinct ranks in the fit"},
	{"predicted_high", "power of rank", "what theory predicts for ranks far above that width"},
}

// axisPrefix comes before an axis in the name of its column: some axes share a name with
// another column that has other values.
const axisPrefix = "axis."

// axisNames are the axes of all grids, in order of first appearance.
func axisNames(grids [][]grid.Coordinate) []string {
	var names []string
	for _, grid := range grids {
		for _, a := range grid {
			if !slices.Contains(names, a.Name) {
				names = append(names, a.Name)
			}
		}
	}
	return names
}

func axisColumns(names []string) []column {
	var columns []column
	for _, name := range names {
		columns = append(columns, column{
			axisPrefix + name, "", "coordinate on axis " + name + " of the grid; empty where the grid lacks it",
		})
	}
	return columns
}

// axisCells returns the values of the named axes, empty for a name that axes lacks.
func axisCells(axes []grid.Coordinate, names []string) []string {
	var cells []string
	for _, name := range names {
		cells = append(cells, textCell(grid.ValueOf(axes, name)))
	}
	return cells
}
