package results

import (
	"fmt"
	"io"
	"path/filepath"

	"ranksweep/grid"
	"ranksweep/wholefile"
)

// streamedTable is a table that is written run by run.
type streamedTable struct {
	Table
	rows func(runRow, rest) ([]byte, error) // of a run, as CSV
	to   io.Writer
}

// Write writes the runs into dir in a form, and makes dir if need be. In tables, runs that the grid asks for and that
// are not there come last, with the status missing. Few runs are in memory at once. Marks say by ID what a
// run is within its local grid. The tables that it returns have columns and no rows.
func (o Outlines) Write(dir string, f Form, g grid.Grid, marks map[string]LocalMark) ([]Table, error) {
	rows, err := runRowsOf(o.Runs, g)
	if err != nil {
		return nil, err
	}
	if f == TensorBoard {
		return nil, o.writeEvents(filepath.Join(dir, eventsFolder), rows)
	}
	streamed := o.tables(f)
	var tables []Table
	for i := range streamed {
		streamed[i].File = f.file(streamed[i].File)
		tables = append(tables, streamed[i].Table)
	}
	var wrong error // with a row
	err = f.writeTogether(dir, tables, nil, func(files []io.Writer) error {
		for i, w := range files {
			streamed[i].to = w
		}
		wrong = o.writeRows(streamed, rows, marks)
		return wrong
	})
	if wrong == nil && err != nil {
		wrong = fmt.Errorf("results: %w", err)
	}
	return tables, wrong
}

// writeRows writes the rows of the runs, and then those of missing ones.
func (o Outlines) writeRows(tables []streamedTable, rows []runRow, marks map[string]LocalMark) error {
	for i, r := range rows {
		rows[i].local = marks[r.ID]
	}
	byID, ids := presentRows(rows), idsOf(o.Runs)
	for texts, err := range Each(ids, func(id string) ([][]byte, error) { return o.texts(*byID[id], tables) }) {
		if err == nil {
			err = writeTexts(tables, texts)
		}
		if err != nil {
			return err
		}
	}
	for _, r := range rows[len(o.Runs):] {
		texts, err := rowsIn(tables, r, rest{})
		if err == nil {
			err = writeTexts(tables, texts)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

func writeTexts(tables []streamedTable, texts [][]byte) error {
	for i, text := range texts {
		if _, err := tables[i].to.Write(text); err != nil {
			return fmt.Errorf("results: writing %s: %w", tables[i].File, err)
		}
	}
	return nil
}

// texts are the rows of a run in each table.
func (o Outlines) texts(row runRow, tables []streamedTable) ([][]byte, error) {
	left, err := o.rest(row.ID)
	if err != nil {
		return nil, err
	}
	row.Config = left.config
	if err := row.takeApart(o.configs); err != nil {
		return nil, err
	}
	return rowsIn(tables, row, left)
}

func rowsIn(tables []streamedTable, row runRow, left rest) (texts [][]byte, err error) {
	texts = make([][]byte, len(tables))
	for i, t := range tables {
		if texts[i], err = t.rows(row, left); err != nil {
			return nil, ofRun(err, row.ID)
		}
	}
	return texts, nil
}

// writeTogether writes tables into dir. Either all of them are replaced or, if rows fails, none.
func (f Form) writeTogether(dir string, tables []Table, files []io.Writer, rows func([]io.Writer) error) error {
	if len(files) == len(tables) {
		return rows(files)
	}
	t := tables[len(files)]
	return wholefile.Write(filepath.Join(dir, t.File), func(w io.Writer) error {
		return f.encode(w, t.Columns, func(w io.Writer) error {
			return f.writeTogether(dir, tables, append(files, w), rows)
		})
	})
}
