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
}

// Write writes the runs into dir in a form, and makes dir if need be; runs that the grid asks for and that
// are not there come last, with the status missing. Few runs are in memory at once. Marks say by ID what a
// run is within its local grid. The tables that it returns have columns and no rows.
func (o Outlines) Write(dir string, f Form, g grid.Grid, marks map[string]LocalMark) ([]Table, error) {
	rows, err := runRowsOf(o.Runs, g)
	if err != nil {
		return nil, err
	}
	streamed := o.tables(f)
	var tables []Table
	for _, t := range streamed {
		t.File = f.file(t.File)
		tables = append(tables, t.Table)
	}
	var wrong error // with a run, not with a file
	err = f.writeTogether(dir, tables, nil, func(files []io.Writer) error {
		wrong = o.writeRows(files, streamed, rows, marks)
		return wrong
	})
	if wrong == nil && err != nil {
		wrong = fmt.Errorf("results: %w", err)
	}
	return tables, wrong
}

// writeRows writes the rows of the runs, and then those of missing ones.
func (o Outlines) writeRows(
	files []io.Writer, tables []streamedTable, rows []runRow, marks map[string]LocalMark,
) error {
	present := rows[:len(o.Runs)]
	byID := make(map[string]*runRow, len(present))
	var ids []string
	for i, r := range present {
		present[i].local = marks[r.ID]
		byID[r.ID] = &present[i]
		ids = append(ids, r.ID)
	}
	for texts, err := range Each(ids, func(id string) ([][]byte, error) { return o.texts(*byID[id], tables) }) {
		if err != nil {
			return err
		}
		for i, text := range texts {
			files[i].Write(text) // an error comes again when the file ends
		}
	}
	for _, r := range rows[len(o.Runs):] {
		for i, t := range tables {
			text, err := t.rows(r, rest{})
			if err != nil {
				return err
			}
			files[i].Write(text)
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
	texts := make([][]byte, len(tables))
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
