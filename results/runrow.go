package results

import (
	"errors"
	"fmt"
	"slices"
	"strconv"

	"ranksweep/grid"
)

// runRow is a row of runs.csv: a run and its place in the grid.
type runRow struct {
	Run
	phase  string // tuning or reported
	place  string // index among the planned runs of the phase; empty without a grid
	local  LocalMark
	config []configField
	line   int // line of the file from which it was read
}

// missing is the status of a run that is planned but has no record.
const missing Status = "missing"

// runRowsOf gives runs their places in a grid, and adds those that are missing.
func runRowsOf(runs []Run, g grid.Grid) ([]runRow, error) {
	planned := placesOf(g)
	at := make(map[string]int, len(planned))
	for i, p := range planned {
		if _, twice := at[p.ID]; twice && p.ID != "" {
			return nil, fmt.Errorf("results: run %s: planned twice: one of the two must go", p.ID)
		}
		at[p.ID] = i
	}
	rows := make([]runRow, 0, max(len(runs), len(planned)))
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
			return nil, fmt.Errorf("results: run %s: the grid does not ask for it: leave it out, as Planned does",
				r.ID)
		}
		rows = append(rows, row)
	}
	for _, p := range planned {
		if !there[p.ID] {
			missed := Run{ID: p.ID, Axes: p.Axes, Status: missing}
			rows = append(rows, runRow{Run: missed, phase: p.phase, place: p.place})
		}
	}
	return rows, nil
}

// takeApart finds the fields of the run's config, and what its row has no columns for.
func (r *runRow) takeApart(configs *configReader) (err error) {
	if r.config, err = configs.fields(r.Config); err != nil {
		return fmt.Errorf("results: run %s: %w", r.ID, err)
	}
	return r.checkExpected()
}

// plannedPlace is a planned run and its place.
type plannedPlace struct {
	grid.Planned
	phase, place string // as in a runRow
}

// placesOf returns the places of a grid.
func placesOf(g grid.Grid) (all []plannedPlace) {
	for i, p := range g.Tuning {
		all = append(all, plannedPlace{p, tuning, strconv.Itoa(i)})
	}
	for i, p := range g.Runs {
		all = append(all, plannedPlace{p, reported, strconv.Itoa(i)})
	}
	return all
}

// ofMissing are the columns that a missing run fills in.
var ofMissing = []string{"run", "phase", "place", "status", "axes"}

// cells returns the row as text, with a cell for each of the given config fields.
func (r runRow) cells(fields []string) []string {
	cells := r.fieldCells(runFields)
	for _, c := range measuredColumns() {
		cells = append(cells, FormatFloat(c.of(r.Run)))
	}
	return slices.Concat(cells, r.local.cells(), r.expectedCells(), configCells(r.config, fields))
}

// fieldCells are the cells of some fields.
func (r runRow) fieldCells(fields []runField) (cells []string) {
	for _, f := range fields {
		cell := ""
		if (r.Status != missing || slices.Contains(ofMissing, f.Name)) && !r.Lacks(f.Name) {
			cell = formatCell(f.at(&r))
		}
		cells = append(cells, cell)
	}
	return cells
}

// checkRow reports values that no row can have; absent says that the run is missing.
func (r runRow) checkRow(absent bool) error {
	if r.phase != tuning && r.phase != reported {
		return errors.New("phase " + strconv.Quote(r.phase) + ": must be " + tuning + " or " + reported)
	}
	if place, err := strconv.Atoi(r.place); r.place != "" && (err != nil || place < 0) {
		return errors.New("place " + strconv.Quote(r.place) + ": must be a whole number, at least 0, or empty")
	}
	if !absent {
		return r.check()
	}
	if r.place == "" {
		return errors.New("a missing run must have a place in the grid")
	}
	if r.ID == "" {
		return nil // tuning has yet to choose
	}
	return checkID(r.ID)
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

// runsOf returns the runs of rows, without missing ones.
func runsOf(rows []runRow) (runs []Run) {
	rows = slices.DeleteFunc(slices.Clone(rows), func(r runRow) bool { return r.Status == missing })
	for _, r := range rows {
		runs = append(runs, r.Run)
	}
	return runs
}
