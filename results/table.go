package results

import (
	"fmt"
	"io"
	"path/filepath"

	"ranksweep/grid"
	"ranksweep/wholefile"
)

// The exported files of runs, and the dictionary of all columns.
const (
	RunsTable       = "runs.csv"
	curvesTable     = "curves.csv"
	validationTable = "validation.csv"
	columnsTable    = "columns.csv"
)

// Table is one exported file. One list gives both its header and its part of the
// dictionary, so that every column is explained.
type Table struct {
	File    string
	Columns []Column
	Rows    [][]string // without the header
}

// lines are the table's header and rows.
func (t Table) lines() [][]string {
	return append([][]string{columnNames(t.Columns)}, t.Rows...)
}

// RunTables are an export's runs.csv, curves.csv and validation.csv of the runs that a grid asks for, in the
// order given; a run that it asks for and runs lack is a row with the status missing. Marks say
// by ID what a run is within its local grid.
func RunTables(runs []Run, g grid.Grid, marks map[string]LocalMark) ([]Table, error) {
	return runTables(runs, g, marks, exportForm)
}

func runTables(runs []Run, g grid.Grid, marks map[string]LocalMark, as runForm) ([]Table, error) {
	t, err := newRunTable(runs, g, marks, as)
	return []Table{t, newCurveTable(runs), newValidationTable(runs)}, err
}

// WriteTables writes tables into dir in a form, and makes dir if need be. Each file is replaced as a whole. The
// tables that it returns have the names of these files.
func (f Form) WriteTables(dir string, tables ...Table) ([]Table, error) {
	var written []Table
	for _, t := range tables {
		t.File = f.file(t.File)
		err := wholefile.Write(filepath.Join(dir, t.File), func(w io.Writer) error {
			return f.encode(w, t.Columns, func(w io.Writer) error {
				_, err := w.Write(encodeCSV(t.Rows))
				return err
			})
		})
		if err != nil {
			return nil, fmt.Errorf("results: %w", err)
		}
		written = append(written, t)
	}
	return written, nil
}

// WriteColumns writes columns.csv, which explains every column of tables, into dir.
func WriteColumns(dir string, tables ...Table) error { return dictionaryOf(tables...).write(dir) }

func (t Table) write(dir string) error { return writeRows(filepath.Join(dir, t.File), t.lines()) }

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
