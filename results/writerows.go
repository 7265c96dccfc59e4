package results

import (
	"fmt"
	"io"
	"path/filepath"
	"slices"

	"ranksweep/grid"
	"ranksweep/wholefile"
)

// WriteTables writes the tables of [RunTables] into dir, and makes dir if need be. Few runs are in
// memory at once. The tables that it returns have columns and no rows.
func (o Outlines) WriteTables(dir string, g grid.Grid, marks map[string]LocalMark) ([]Table, error) {
	rows, err := runRowsOf(o.Runs, g)
	if err != nil {
		return nil, err
	}
	tables := []Table{
		{File: RunsTable, Columns: allRunColumns(o.paths)},
		{File: curvesTable, Columns: slices.Concat(curveColumns, quantityColumns(o.recorded))},
		{File: validationTable, Columns: validationTableColumns},
	}
	var wrong error // with a run, not with a file
	err = writeTogether(dir, tables, nil, func(files []io.Writer) error {
		wrong = o.writeRows(files, rows, marks)
		return wrong
	})
	if wrong == nil && err != nil {
		wrong = fmt.Errorf("results: %w", err)
	}
	return tables, wrong
}

// writeRows writes rows of runs.csv, the runs first and then missing ones, and those of the other
// tables.
func (o Outlines) writeRows(files []io.Writer, rows []runRow, marks map[string]LocalMark) error {
	present := rows[:len(o.Runs)]
	byID := make(map[string]*runRow, len(present))
	var ids []string
	for i, r := range present {
		present[i].local = marks[r.ID]
		byID[r.ID] = &present[i]
		ids = append(ids, r.ID)
	}
	for texts, err := range Each(ids, func(id string) ([3][]byte, error) { return o.texts(*byID[id]) }) {
		if err != nil {
			return err
		}
		for i, text := range texts {
			files[i].Write(text) // an error comes again when the file ends
		}
	}
	for _, r := range rows[len(o.Runs):] {
		files[0].Write(encodeCSV([][]string{r.cells(o.paths)}))
	}
	return nil
}

// texts are the rows of a run in each table.
func (o Outlines) texts(row runRow) (texts [3][]byte, err error) {
	left, err := o.rest(row.ID)
	if err != nil {
		return texts, err
	}
	row.Curve, row.Validation, row.Config = left.Curve, left.Validation, left.Config
	if err := row.takeApart(o.configs); err != nil {
		return texts, err
	}
	return [3][]byte{
		encodeCSV([][]string{row.cells(o.paths)}),
		encodeCSV(curveRows(row.Run, o.recorded)),
		encodeCSV(validationRows(row.Run)),
	}, nil
}

// writeTogether writes tables into dir, each headed by its columns. Either all of them are replaced
// or, if rows fails, none.
func writeTogether(dir string, tables []Table, files []io.Writer, rows func([]io.Writer) error) error {
	if len(files) == len(tables) {
		return rows(files)
	}
	t := tables[len(files)]
	return wholefile.Write(filepath.Join(dir, t.File), func(w io.Writer) error {
		if _, err := w.Write(encodeCSV([][]string{columnNames(t.Columns)})); err != nil {
			return err
		}
		return writeTogether(dir, tables, append(files, w), rows)
	})
}
