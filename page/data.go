package page

import (
	"ranksweep/analysis"
	"ranksweep/results"
)

// data is what scripts have of the runs, as JSON.
type data struct {
	Rows     int       `json:"rows"`     // of runs.csv
	Columns  []column  `json:"columns"`  // of it
	Shown    []int     `json:"shown"`    // the rows of it that figures show: the reported runs
	Cell     []int     `json:"cell"`     // of each of these
	Traits   []trait   `json:"traits"`   // of these
	Measures []measure `json:"measures"` // of these
	Cells    []cell    `json:"cells"`
	Curves   curves    `json:"curves"`
}

// A cell is runs that differ in their seed alone.
type cell struct {
	Diverged int `json:"diverged"`
	Failed   int `json:"failed"`
}

// newData takes everything that scripts need from a source.
func newData(from Source) (d data, err error) {
	tables, err := results.RunTables(from.All, from.Grid, analysis.LocalMarks(from.Rows))
	if err != nil {
		return d, err
	}
	runs := tables[0]
	d.Shown, d.Cell, d.Cells = []int{}, []int{}, []cell{} // where empty, no null in JSON
	d.Rows, d.Columns = len(runs.Rows), columnsOf(runs)
	place := make(map[string]int, len(runs.Rows))
	for i, row := range runs.Rows {
		place[row[0]] = i
	}
	cells := analysis.Cells(from.Rows)
	var rows []analysis.Row
	for i, c := range cells {
		d.Cells = append(d.Cells, cell{c.Diverged(), c.Failed()})
		for _, r := range c.Runs {
			rows = append(rows, r)
			d.Shown, d.Cell = append(d.Shown, place[results.TextCell(r.ID)]), append(d.Cell, i)
		}
	}
	d.Traits = traitsOf(rows, from.View.SchemeNames())
	d.Measures = measuresOf(cells, rows)
	for i := range d.Measures {
		d.Measures[i].leaveOut(d.Columns, d.Shown)
	}
	d.Curves = curvesOf(cells, rows)
	return d, nil
}
