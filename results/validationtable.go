package results

import (
	"slices"
)

// validationTableColumns are the run's ID, then the columns of its validation.csv.
// The bytes are there if a run knows them.
func validationTableColumns(bytes bool) []Column {
	columns := append([]Column{{"run", "", "ID of the run"}}, validationColumns...)
	if bytes {
		columns = append(columns, bytesColumn)
	}
	return columns
}

// newValidationTable is validation.csv: a row per run and batch of its validation set.
func newValidationTable(runs []Run) Table {
	bytes := slices.ContainsFunc(runs, func(r Run) bool { return knowsBytes(r.Validation) })
	t := Table{File: validationTable, Columns: validationTableColumns(bytes)}
	for _, r := range runs {
		t.Rows = append(t.Rows, validationRows(r, bytes)...)
	}
	return t
}

func validationRows(r Run, bytes bool) (rows [][]string) {
	for _, row := range batchRows(r.Validation, bytes) {
		rows = append(rows, append([]string{TextCell(r.ID)}, row...))
	}
	return rows
}

// readValidation reads the rows of validation.csv into their runs.
func readValidation(s *sheet, rows []runRow) error {
	if err := s.require(validationTableColumns(false)); err != nil {
		return err
	}
	byID := presentRows(rows)
	return s.each(func(cells []string) error { return readValidationRow(s, cells, byID) })
}

func readValidationRow(s *sheet, cells []string, byID map[string]*runRow) error {
	var id string
	var b ValidationBatch
	var err error
	place := 0
	for i, name := range s.header {
		switch name {
		case "run":
			id, err = parseText(cells[i])
		case "batch":
			err = parseCell(cells[i], &place)
		case "scored":
			err = parseCell(cells[i], &b.Scored)
		case "nats":
			b.Nats, err = parseFloat(cells[i])
			err = wanted(err, "a finite number, or empty")
		case bytesColumn.Name:
			if cells[i] != "" {
				err = parseCell(cells[i], &b.Bytes)
			}
		default:
			return s.wrongAt(1, "unknown column %q: %s", name, anotherVersion)
		}
		if err != nil {
			return s.wrongCell(name, cells[i], err)
		}
	}
	r, ok := byID[id]
	if !ok {
		return s.wrong("run %q: %s has no such run: one of the two files is damaged", id, RunsTable)
	}
	if place != len(r.Validation) {
		return s.wrong("batch %d of run %s: must be %d: batches are in order", place, id, len(r.Validation))
	}
	r.Validation = append(r.Validation, b)
	return nil
}
