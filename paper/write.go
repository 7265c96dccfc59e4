package paper

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"

	"github.com/google/renameio/v2/maybe"

	"ranksweep/results"
)

var errNoRuns = errors.New("paper: no runs: nothing to show; is this the folder of a sweep that has run?")

// Figures returns the figures of the given runs: loss and gradient norm
// against steps, the onset gradient norm against rank, the loss against what it
// takes, and differences of losses; for three learning rates or more the loss against
// them and the best one against rank and, for
// three exponents and two optimizers or more, the phase diagram. It is an error if
// there is no run; what runs lack is left blank and noted in the figure.
func Figures(runs []results.Run) ([]Figure, error) {
	if len(runs) == 0 {
		return nil, errNoRuns
	}
	figures := []Figure{lossFigure(runs), gradientFigure(runs)}
	if onset, ok := onsetFigure(runs); ok {
		figures = append(figures, onset)
	}
	if slices.ContainsFunc(runs, func(r results.Run) bool { return r.Flops > 0 }) {
		figures = append(figures, frontierFigure(runs))
	}
	if differences, ok := differencesFigure(runs); ok {
		figures = append(figures, differences)
	}
	if rates, ok := ratesFigure(runs); ok {
		figures = append(figures, rates)
	}
	if rates, ok := lossRateFigure(runs); ok {
		figures = append(figures, rates)
	}
	if phase := phaseFigure(runs); len(phase.panels[0].x.names) > 2 && len(phase.panels[0].y.names) > 1 {
		figures = append(figures, phase)
	}
	return figures, nil
}

// WriteFigures writes each figure of runs in each format, and its caption, to
// dir/figures/NAME.svg, .png, .pdf and .txt. A file is replaced whole or not
// at all.
func WriteFigures(runs []results.Run, dir string) error {
	figures, err := Figures(runs)
	if err != nil {
		return err
	}
	return writeFigures(figures, dir)
}

// Write writes tables as WriteTables does, and figures as WriteFigures does.
func Write(tables []Table, figures []Figure, dir string) error {
	if err := writeTables(tables, dir); err != nil {
		return err
	}
	return writeFigures(figures, dir)
}

// WriteFile writes the figure in one format to a file, replaced whole.
func (f Figure) WriteFile(path string, format Format) error {
	file, err := f.Encode(format)
	if err != nil {
		return err
	}
	return writeFile(path, file)
}

func writeFigures(figures []Figure, dir string) error {
	dir = filepath.Join(dir, "figures")
	for _, f := range figures {
		for _, format := range Formats {
			if err := f.WriteFile(filepath.Join(dir, f.Name+"."+string(format)), format); err != nil {
				return err
			}
		}
		if err := writeFile(filepath.Join(dir, f.Name+".txt"), []byte(f.Caption+"\n")); err != nil {
			return err
		}
	}
	return nil
}

// Tables returns the tables of the given runs: a summary with a row a cell, the
// exponents with a row an arm and statistic where something has ranks, where there are two cells the
// comparisons, and where cells were tuned the tuning with a row a cell and
// candidate. It is an error if there is no run.
func Tables(runs []results.Run, tuned []results.Tuned) ([]Table, error) {
	if len(runs) == 0 {
		return nil, errNoRuns
	}
	arms := results.Arms(runs)
	tables := []Table{summaryTable(arms)}
	if t := exponentsTable(arms, measuredStatistics(arms)); len(t.Rows) > 0 {
		tables = append(tables, t)
	}
	if t := comparisonsTable(arms, tuned); len(t.Rows) > 0 {
		tables = append(tables, t)
	}
	if len(tuned) > 0 {
		tables = append(tables, tuningTable(tuned))
	}
	return tables, nil
}

// WriteTables writes each table of runs to dir/tables/NAME.csv, replaced whole
// or not at all.
func WriteTables(runs []results.Run, tuned []results.Tuned, dir string) error {
	tables, err := Tables(runs, tuned)
	if err != nil {
		return err
	}
	return writeTables(tables, dir)
}

func writeTables(tables []Table, dir string) error {
	for _, t := range tables {
		var b bytes.Buffer
		if err := t.WriteCSV(&b); err != nil {
			return err
		}
		if err := writeFile(filepath.Join(dir, "tables", t.Name+".csv"), b.Bytes()); err != nil {
			return err
		}
	}
	return nil
}

// writeFile replaces a file, and makes its folder if need be.
func writeFile(path string, data []byte) error {
	if err := os.MkdirAll(filepath.Dir(path), 0o777); err != nil {
		return fmt.Errorf("paper: %w", err)
	}
	if err := maybe.WriteFile(path, data, 0o666); err != nil {
		return fmt.Errorf("paper: %s: %w", path, err) // err names a temporary file
	}
	return nil
}
