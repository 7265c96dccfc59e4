package results

import (
	"errors"
	"maps"
	"slices"
	"strconv"
	"strings"

	"ranksweep/grid"
)

// cellReader reads a cell into a row.
type cellReader func(*runRow, string) error

// readRuns reads the rows of runs.csv.
func readRuns(s *sheet) ([]runRow, error) {
	if err := s.require(columnsOf(runFields)); err != nil {
		return nil, err
	}
	var readers []cellReader
	for _, name := range s.header {
		read, err := runCellReader(name)
		if err != nil {
			return nil, s.wrong("%w", err)
		}
		readers = append(readers, read)
	}
	var rows []runRow
	lines := make(map[string]int) // of each run
	err := s.each(func(cells []string) error {
		r, err := readRun(s, readers, cells)
		if err != nil {
			return err
		}
		if first, twice := lines[r.ID]; twice && r.ID != "" {
			return s.wrong("run %s is on line %d already: one of the two must go", r.ID, first)
		}
		lines[r.ID] = r.line
		rows = append(rows, r)
		return nil
	})
	return rows, err
}

// runCellReader returns the reader of the named column.
func runCellReader(name string) (cellReader, error) {
	for _, c := range runFields {
		if c.Name == name {
			return func(r *runRow, cell string) error { return parseCell(cell, c.at(r)) }, nil
		}
	}
	for _, c := range measuredColumns() {
		if c.Name == name {
			return readMeasured, nil
		}
	}
	if slices.ContainsFunc(localColumns, func(c Column) bool { return c.Name == name }) {
		return func(*runRow, string) error { return nil }, nil // follows from other columns
	}
	if path, ok := strings.CutPrefix(name, configPrefix); ok {
		return readConfigCell(path), checkPath(path)
	}
	if of, ok := strings.CutPrefix(name, expectedPrefix); ok && slices.Contains(expectable(), of) {
		return readExpected(of), nil
	}
	return nil, errors.New("unknown column " + strconv.Quote(name) + ": " + anotherVersion)
}

// readRun reads one row.
func readRun(s *sheet, readers []cellReader, cells []string) (runRow, error) {
	r := runRow{line: s.line}
	absent := cells[slices.Index(s.header, "status")] == string(missing)
	for i, name := range s.header {
		if absent && !slices.Contains(ofMissing, name) {
			if cells[i] != "" {
				return r, s.wrong("column %s: %.40q: must be empty, as the run is missing", name, cells[i])
			}
			continue
		}
		if err := readers[i](&r, cells[i]); err != nil {
			return r, s.wrongCell(name, cells[i], err)
		}
	}
	var err error
	if r.Config, err = configOf(r.config); err != nil {
		return r, s.wrong("%w", err)
	}
	if err := r.checkRow(absent); err != nil {
		return r, s.wrong("%w", err)
	}
	return r, nil
}

// gridOf returns the grid that gave the rows their places.
func gridOf(s *sheet, rows []runRow, nuisance []string) (grid.Grid, error) {
	g := grid.Grid{Nuisance: nuisance}
	at := map[string]map[int]runRow{tuning: {}, reported: {}}
	for _, r := range rows {
		if (r.place == "") != (rows[0].place == "") {
			return g, s.wrongAt(r.line, "place %q: either all runs have a place or none has", r.place)
		}
		if r.place == "" {
			continue
		}
		place, _ := strconv.Atoi(r.place) // checkRow made sure that it is a number
		if first, taken := at[r.phase][place]; taken {
			return g, s.wrongAt(r.line, "place %d of %s is that of line %d", place, r.phase, first.line)
		}
		at[r.phase][place] = r
	}
	var err error
	g.Tuning, err = inPlace(s, at[tuning])
	if err == nil {
		g.Runs, err = inPlace(s, at[reported])
	}
	return g, err
}

// inPlace lists planned runs in order of their places, which must have no gap.
func inPlace(s *sheet, rows map[int]runRow) (list []grid.Planned, err error) {
	for want, place := range slices.Sorted(maps.Keys(rows)) {
		r := rows[place]
		if place != want {
			return nil, s.wrongAt(r.line, "place %d of %s: no run is at place %d: rows are missing", place, r.phase,
				want)
		}
		list = append(list, grid.Planned{ID: r.ID, Axes: r.Axes})
	}
	return list, nil
}
