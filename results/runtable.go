package results

import (
	"slices"

	"ranksweep/grid"
)

// A runForm is the columns of runs.csv, and the cells of a run in them, for some fields of configs.
type runForm struct {
	columns func(fields []string) []Column
	cells   func(r runRow, fields []string) []string
}

var (
	studyForm  = runForm{allRunColumns, runRow.cells}
	exportForm = runForm{exportColumns, runRow.exportCells}
)

// newRunTable is runs.csv: first the runs in the order given, all of which the grid must
// ask for; then the missing runs, by phase and place. Without a grid, every run is
// reported.
func newRunTable(runs []Run, g grid.Grid, marks map[string]LocalMark, as runForm) (Table, error) {
	rows, err := runRowsOf(runs, g)
	if err != nil {
		return Table{}, err
	}
	configs := newConfigReader()
	var paths [][]string
	for i := range rows {
		if err := rows[i].takeApart(configs); err != nil {
			return Table{}, err
		}
		paths = append(paths, pathsOf(rows[i].config))
	}
	fields := mergeOrders(paths)
	t := Table{File: RunsTable, Columns: as.columns(fields)}
	for _, r := range rows {
		r.local = marks[r.ID]
		t.Rows = append(t.Rows, as.cells(r, fields))
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

// mergeOrders merges lists into one that keeps the order of each: a new item is placed
// after the item that it follows in its own list.
func mergeOrders(lists [][]string) []string {
	lists = slices.Clone(lists)
	slices.SortStableFunc(lists, func(a, b []string) int { return len(b) - len(a) })
	var merged []string
	for _, list := range lists {
		next := 0
		for _, name := range list {
			if i := slices.Index(merged, name); i >= 0 {
				next = i + 1
				continue
			}
			merged = slices.Insert(merged, next, name)
			next++
		}
	}
	return merged
}
