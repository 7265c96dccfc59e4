package results

import (
	"slices"

	"ranksweep/metrics"
)

// curveColumns come before those of the quantities.
var curveColumns = append([]Column{{"run", "", "ID of the run"}}, stepColumns...)

// newCurveTable is curves.csv: a row per run and step, diverged runs included.
func newCurveTable(runs []Run) Table {
	var points []metrics.Point
	for _, r := range runs {
		points = append(points, r.Curve...)
	}
	recorded := metrics.Recorded(points...)
	t := Table{File: curvesTable, Columns: slices.Concat(curveColumns, quantityColumns(recorded))}
	for _, r := range runs {
		t.Rows = append(t.Rows, curveRows(r, recorded)...)
	}
	return t
}

func curveRows(r Run, recorded []metrics.Quantity) (rows [][]string) {
	for _, p := range r.Curve {
		rows = append(rows, slices.Concat([]string{TextCell(r.ID)}, stepCells(p), valueCells(p, recorded)))
	}
	return rows
}

// readCurves reads the rows of curves.csv into the curves of their runs, and checks the
// steps of each curve.
func readCurves(s *sheet, rows []runRow) error {
	if err := s.require(curveColumns); err != nil {
		return err
	}
	byID := presentRows(rows)
	last := make(map[string]int) // line of a run's last row
	err := s.each(func(cells []string) error {
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
		return nil
	})
	if err != nil {
		return err
	}
	for _, r := range rows {
		if err := r.whole(); err != nil {
			return s.wrongAt(max(1, last[r.ID]), "curve of run %s: %w", r.ID, err)
		}
	}
	return nil
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
			p.Tokens, err = parseTokens(cells[i])
			err = wanted(err, "a whole number")
		case measured:
			p.Values[q], err = parseFloat(cells[i])
			err = wanted(err, "a finite number, or empty")
		default:
			return id, p, s.wrongAt(1, "unknown column %q: %s", name, anotherVersion)
		}
		if err != nil {
			return id, p, s.wrongCell(name, cells[i], err)
		}
	}
	return id, p, nil
}
