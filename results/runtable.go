package results

import (
	"fmt"
	"slices"
	"strconv"

	"ranksweep/grid"
)

// newRunTable is runs.csv: first the runs in the order given, all of which the grid must
// ask for; then the missing runs, by phase and place. Without a grid, every run is
// reported.
func newRunTable(runs []Run, g grid.Grid, marks map[string]LocalMark) (Table, error) {
	rows, err := runRowsOf(runs, g)
	if err != nil {
		return Table{}, err
	}
	var paths [][]string
	for i := range rows {
		if rows[i].config, err = configFields(rows[i].Config); err != nil {
			return Table{}, fmt.Errorf("results: run %s: %w", rows[i].ID, err)
		}
		var own []string
		for _, s := range rows[i].config {
			own = append(own, s.path)
		}
		paths = append(paths, own)
	}
	fields := mergeOrders(paths)
	t := Table{File: RunsTable, Columns: allRunColumns(fields)}
	for _, r := range rows {
		if err := r.checkExpected(); err != nil {
			return Table{}, err
		}
		r.local = marks[r.ID]
		t.Rows = append(t.Rows, r.cells(fields))
	}
	return t, nil
}

func allRunColumns(fields []string) []Column {
	columns := columnsOf(runFields)
	for _, c := range measuredColumns() {
		columns = append(columns, c.Column)
	}
	return slices.Concat(columns, localColumns, expectedColumns(), configColumns(fields))
}

// runRowsOf gives runs their places in a grid, and adds those that are missing.
func runRowsOf(runs []Run, g grid.Grid) ([]runRow, error) {
	planned := plannedRows(g)
	at := make(map[string]int, len(planned))
	for i, p := range planned {
		if _, twice := at[p.ID]; twice && p.ID != "" {
			return nil, fmt.Errorf("results: run %s: planned twice: one of the two must go", p.ID)
		}
		at[p.ID] = i
	}
	var rows []runRow
	there := make(map[string]bool, len(runs))
	for _, r := range runs {
		if err := r.check(); err != nil {
			return nil, fmt.Errorf("results: run %s: %w", r.ID, err)
		}
		if there[r.ID] {
			return nil, fmt.Errorf("results: run %s: given twice", r.ID)
		}
		there[r.ID] = true
		row := runRow{Run: r, phase: reported}
		if i, ok := at[r.ID]; ok {
			row.phase, row.place, row.Axes = planned[i].phase, planned[i].place, planned[i].Axes
		} else if g.Len() > 0 {
			return nil, fmt.Errorf("results: run %s: the grid does not ask for it: leave it out, as Grid.Planned does",
				r.ID)
		}
		rows = append(rows, row)
	}
	for _, p := range planned {
		if !there[p.ID] {
			rows = append(rows, p)
		}
	}
	return rows, nil
}

// plannedRows returns the rows of a grid as if every run were missing.
func plannedRows(g grid.Grid) (rows []runRow) {
	add := func(planned []grid.Planned, phase string) {
		for i, p := range planned {
			rows = append(rows, runRow{
				Run: Run{ID: p.ID, Axes: p.Axes, Status: missing}, phase: phase, place: strconv.Itoa(i),
			})
		}
	}
	add(g.Tuning, tuning)
	add(g.Runs, reported)
	return rows
}

// checkExpected reports an expected value for which there is no column.
func (r runRow) checkExpected() error {
	for name := range r.Expected {
		if !slices.Contains(expectable(), name) {
			return fmt.Errorf("results: run %s: theory has no exact value of %q, and so it has no column", r.ID, name)
		}
	}
	return nil
}

// ofMissing are the columns that a missing run fills in.
var ofMissing = []string{"run", "phase", "place", "status", "axes"}

// cells returns the row as text, with a cell for each of the given config fields.
func (r runRow) cells(fields []string) []string {
	var cells []string
	for _, c := range runFields {
		cell := ""
		if r.Status != missing || slices.Contains(ofMissing, c.Name) {
			cell = formatCell(c.at(&r))
		}
		cells = append(cells, cell)
	}
	for _, c := range measuredColumns() {
		cells = append(cells, FormatFloat(c.of(r.Run)))
	}
	cells = append(cells, r.local.cells()...)
	for _, name := range expectable() {
		cell := ""
		if v, ok := r.Expected[name]; ok {
			cell = FormatFloat(v)
		}
		cells = append(cells, cell)
	}
	for _, path := range fields {
		cell := ""
		if i := slices.IndexFunc(r.config, func(f configField) bool { return f.path == path }); i >= 0 {
			cell = r.config[i].cell
		}
		cells = append(cells, cell)
	}
	return cells
}
