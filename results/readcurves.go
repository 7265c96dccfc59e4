package results

import (
	"io"
	"slices"

	"ranksweep/metrics"
)

// readCurves reads the rows of curves.csv into the curves of their runs, and checks the
// steps of each curve.
func readCurves(s *sheet, rows []runRow) error {
	if err := s.require(curveColumns); err != nil {
		return err
	}
	byID := presentRows(rows)
	last := make(map[string]int) // line of a run's last row
	for {
		cells, err := s.next()
		if err == io.EOF {
			break
		}
		if err != nil {
			return err
		}
		id, p, err := readCurveRow(s, cells)
		if err != nil {
			return err
		}
		r, ok := byID[id]
		if !ok {
			return s.wrong("run %q: %s has no such run: one of the two files is damaged", id, RunsTable)
		}
		if n := len(r.Curve); n > 0 && r.Curve[n-1].Step >= p.Step {
			return s.wrong("step %d of run %s: comes after step %d: steps must rise", p.Step, id, r.Curve[n-1].Step)
		}
		r.Curve = append(r.Curve, p)
		last[id] = s.line
	}
	for _, r := range rows {
		if err := r.whole(); err != nil {
			return s.wrongAt(max(1, last[r.ID]), "curve of run %s: %w", r.ID, err)
		}
	}
	return nil
}

// presentRows returns the rows of the runs that are not missing, by their IDs.
func presentRows(rows []runRow) map[string]*runRow {
	byID := make(map[string]*runRow, len(rows))
	for i := range rows {
		if rows[i].Status != missing {
			byID[rows[i].ID] = &rows[i]
		}
	}
	return byID
}

func readCurveRow(s *sheet, cells []string) (id string, p metrics.Point, err error) {
	p.Values = metrics.NoValues()
	for i, name := range s.header {
		q, measured := metrics.QuantityNamed(name)
		switch {
		case name == "run":
			id, err = parseText(cells[i])
		case name == "step":
			err = parseCell(cells[i], &p.Step)
		case name == "tokens":
			err = parseCell(cells[i], &p.Tokens)
		case measured:
			p.Values[q], err = parseFloat(cells[i])
			err = wanted(err, "a finite number, or empty")
		default:
			return id, p, s.wrongAt(1, "unknown column %q: %s", name, anotherVersion)
		}
		if err != nil {
			return id, p, s.wrong("column %s: %.40q: %w", name, cells[i], err)
		}
	}
	return id, p, nil
}

// runsOf returns the runs of rows, without missing ones.
func runsOf(rows []runRow) (runs []Run) {
	rows = slices.DeleteFunc(slices.Clone(rows), func(r runRow) bool { return r.Status == missing })
	for _, r := range rows {
		runs = append(runs, r.Run)
	}
	return runs
}
