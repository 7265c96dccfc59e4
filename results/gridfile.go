package results

import (
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path/filepath"
	"slices"
	"strings"

	"ranksweep/csvcell"
	"ranksweep/grid"
	"ranksweep/userfile"
	"ranksweep/wholefile"
)

// gridFile lists what the store's experiment asks for: a row per run, with its ID and a
// column per axis. If there are nuisance axes, their column names are marked and a further
// column has the phase; an axis along which reported runs have local grids has a mark of
// its own. Without the file, every run of the store counts.
const (
	gridFile    = "grid.csv"
	runColumn   = "run"
	phaseColumn = "phase"
	nuisance    = "nuisance." // before the name of a nuisance axis
	localAxis   = "local."    // before the name of one with local grids
)

// gridColumns explains the columns of grid.csv.
var gridColumns = []Column{
	{runColumn, "", "ID of a run that the experiment asks for; empty while tuning has yet to choose its config"},
	{phaseColumn, "", "tuning or reported; the column is there with nuisance axes alone"},
	{"AXIS", "", "value on an axis of the grid"},
	{nuisance + "AXIS", "", "value on an axis that is tuned away"},
	{localAxis + "AXIS", "", "the same, where each seed tries values around the chosen one"},
}

// The phases of an experiment with nuisance axes.
const (
	tuning   = "tuning"
	reported = "reported"
)

// WriteGrid writes a grid to its file in dir, unless the file has it already.
func WriteGrid(g grid.Grid, dir string) error {
	err := wholefile.Update(filepath.Join(dir, gridFile), func(w io.Writer) error {
		return csv.NewWriter(w).WriteAll(gridRows(g))
	})
	if err != nil {
		return fmt.Errorf("results: %w", err)
	}
	return nil
}

func gridRows(g grid.Grid) [][]string {
	var rows [][]string
	add := func(planned []grid.Planned, phase string) {
		for _, p := range planned {
			if len(rows) == 0 {
				rows = append(rows, gridHeader(g, p.Axes))
			}
			row := []string{p.ID}
			if len(g.Nuisance) > 0 {
				row = append(row, phase)
			}
			for _, a := range p.Axes {
				row = append(row, csvcell.Guard(a.Value))
			}
			rows = append(rows, row)
		}
	}
	add(g.Tuning, tuning)
	add(g.Runs, reported)
	return rows
}

func gridHeader(g grid.Grid, axes []grid.Coordinate) []string {
	mark := nuisance // before the name of a nuisance axis
	if g.Local {
		mark = localAxis
	}
	header := []string{runColumn}
	if len(g.Nuisance) > 0 {
		header = append(header, phaseColumn)
	}
	for _, a := range axes {
		if slices.Contains(g.Nuisance, a.Name) {
			a.Name = mark + a.Name
		}
		header = append(header, a.Name)
	}
	return header
}

// ReadGrid returns the grid that the experiment of dir asks for, or an empty one if none
// was recorded.
func ReadGrid(dir string) (grid.Grid, error) {
	path := filepath.Join(dir, gridFile)
	f, err := userfile.Open(path, userfile.Weights)
	if errors.Is(err, fs.ErrNotExist) {
		return grid.Grid{}, nil
	}
	if err != nil {
		return grid.Grid{}, fmt.Errorf("results: %w", err)
	}
	defer f.Close()
	rows, err := csv.NewReader(f).ReadAll()
	if err != nil {
		return grid.Grid{}, fmt.Errorf("results: %s: %w", path, err)
	}
	if len(rows) == 0 || rows[0][0] != runColumn {
		return grid.Grid{}, fmt.Errorf("results: %s: does not begin with a row run, …; sweep run writes it anew", path)
	}
	return decodeGrid(rows[0], rows[1:]), nil
}

func decodeGrid(header []string, rows [][]string) (g grid.Grid) {
	first := 1
	if len(header) > 1 && header[1] == phaseColumn {
		first = 2
	}
	var names []string
	for _, column := range header[first:] {
		name, local := strings.CutPrefix(column, localAxis)
		name, tuned := strings.CutPrefix(name, nuisance)
		g.Local = g.Local || local
		if names = append(names, name); tuned || local {
			g.Nuisance = append(g.Nuisance, name)
		}
	}
	for _, row := range rows {
		p := grid.Planned{ID: row[0]}
		for i, name := range names {
			p.Axes = append(p.Axes, grid.Coordinate{Name: name, Value: csvcell.Unguard(row[first+i])})
		}
		if first == 2 && row[1] == tuning {
			g.Tuning = append(g.Tuning, p)
		} else {
			g.Runs = append(g.Runs, p)
		}
	}
	return g
}
