package results

import (
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"ranksweep/wholefile"
)

// Grid is what an experiment asks for.
type Grid struct {
	Runs     []Planned // runs that are reported
	Tuning   []Planned // runs that only choose the values of nuisance axes
	Nuisance []string  // names of the axes that are tuned away
	Local    bool      // each seed in Runs has a local grid: several values along the one nuisance axis
}

// Planned is one run that an experiment asks for, made or not.
type Planned struct {
	ID   string // empty while tuning has yet to choose
	Axes []Coordinate
}

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
var gridColumns = []column{
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

// Len counts the runs of all phases.
func (g Grid) Len() int { return len(g.Runs) + len(g.Tuning) }

// Write writes the grid to its file in dir.
func (g Grid) Write(dir string) error {
	err := wholefile.Write(filepath.Join(dir, gridFile), func(w io.Writer) error {
		return csv.NewWriter(w).WriteAll(g.rows())
	})
	if err != nil {
		return fmt.Errorf("results: %w", err)
	}
	return nil
}

func (g Grid) rows() [][]string {
	var rows [][]string
	add := func(planned []Planned, phase string) {
		for _, p := range planned {
			if len(rows) == 0 {
				rows = append(rows, g.header(p.Axes))
			}
			row := []string{p.ID}
			if g.tunes() {
				row = append(row, phase)
			}
			for _, a := range p.Axes {
				row = append(row, a.Value)
			}
			rows = append(rows, row)
		}
	}
	add(g.Tuning, tuning)
	add(g.Runs, reported)
	return rows
}

func (g Grid) tunes() bool { return len(g.Nuisance) > 0 }

// mark returns the mark that comes before the name of a nuisance axis.
func (g Grid) mark() string {
	if g.Local {
		return localAxis
	}
	return nuisance
}

func (g Grid) header(axes []Coordinate) []string {
	header := []string{runColumn}
	if g.tunes() {
		header = append(header, phaseColumn)
	}
	for _, a := range axes {
		if slices.Contains(g.Nuisance, a.Name) {
			a.Name = g.mark() + a.Name
		}
		header = append(header, a.Name)
	}
	return header
}

// ReadGrid returns the grid that the experiment of dir asks for, or an empty one if none
// was recorded.
func ReadGrid(dir string) (Grid, error) {
	path := filepath.Join(dir, gridFile)
	f, err := os.Open(path)
	if errors.Is(err, fs.ErrNotExist) {
		return Grid{}, nil
	}
	if err != nil {
		return Grid{}, fmt.Errorf("results: %w", err)
	}
	defer f.Close()
	rows, err := csv.NewReader(f).ReadAll()
	if err != nil {
		return Grid{}, fmt.Errorf("results: %s: %w", path, err)
	}
	if len(rows) == 0 || rows[0][0] != runColumn {
		return Grid{}, fmt.Errorf("results: %s: does not begin with a row run, …; sweep run writes it anew", path)
	}
	return decodeGrid(rows[0], rows[1:]), nil
}

func decodeGrid(header []string, rows [][]string) (g Grid) {
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
		p := Planned{ID: row[0]}
		for i, name := range names {
			p.Axes = append(p.Axes, Coordinate{name, row[first+i]})
		}
		if first == 2 && row[1] == tuning {
			g.Tuning = append(g.Tuning, p)
		} else {
			g.Runs = append(g.Runs, p)
		}
	}
	return g
}

// Split sorts runs into those that the grid reports, those of its tuning, and others. A
// reported run becomes a row with the axes of this grid, whichever grid it was first made
// for, and with a warning if its tuning is in doubt. A local grid is reported as one row:
// its best run, whose field Local has the rest. Without a grid, every run is reported.
func (g Grid) Split(runs []Run) (in []Row, choices []Choice, out []Run) {
	if g.Len() == 0 {
		return Rows(runs), nil, nil
	}
	axes := make(map[string][]Coordinate, len(g.Runs))
	place := make(map[string]int, len(g.Runs))
	for i, p := range g.Runs {
		axes[p.ID], place[p.ID] = p.Axes, i
	}
	tunes := make(map[string]bool, len(g.Tuning))
	for _, p := range g.Tuning {
		tunes[p.ID] = true
	}
	choices = g.Tune(runs)
	moving := movingWithRank(g.Runs)
	for _, name := range g.Nuisance {
		if !slices.Contains(moving, name) {
			moving = append(moving, name)
		}
	}
	for _, r := range runs {
		if a, ok := axes[r.ID]; ok {
			s := settingOf(r)
			s.Axes, s.Moving, s.Nuisance, s.Place = a, moving, g.Nuisance, place[r.ID]
			if !r.Ranked() {
				s.Moving = g.Nuisance
			}
			s.Warnings = append(slices.Clip(s.Warnings), g.doubts(choices, a)...)
			in = append(in, Row{Run: r, Setting: s})
		} else if !tunes[r.ID] {
			out = append(out, r)
		}
	}
	if g.Local {
		in = g.bestOfLocal(in)
	}
	return in, choices, out
}

// Planned returns the runs of all phases of the grid, or all without a grid.
func (g Grid) Planned(runs []Run) []Run {
	if g.Len() == 0 {
		return runs
	}
	ids := make(map[string]bool)
	for _, p := range slices.Concat(g.Tuning, g.Runs) {
		ids[p.ID] = true
	}
	return slices.DeleteFunc(slices.Clone(runs), func(r Run) bool { return !ids[r.ID] })
}

// movingWithRank names the axes that have one value at each rank, but not the same value at
// all ranks: they were zipped with rank. Runs without a rank do not count.
func movingWithRank(planned []Planned) []string {
	planned = slices.DeleteFunc(slices.Clone(planned), func(p Planned) bool { return ValueOf(p.Axes, "rank") == "0" })
	var names []string
	if len(planned) == 0 {
		return nil
	}
	for _, axis := range planned[0].Axes {
		at := make(map[string]string) // rank → value
		single, values := true, make(map[string]bool)
		for _, p := range planned {
			rank, value := ValueOf(p.Axes, "rank"), ValueOf(p.Axes, axis.Name)
			if v, seen := at[rank]; seen && v != value {
				single = false
			}
			at[rank], values[value] = value, true
		}
		if single && len(values) > 1 && axis.Name != "rank" {
			names = append(names, axis.Name)
		}
	}
	return names
}

// ValueOf returns the value of an axis; empty if axes lacks it.
func ValueOf(axes []Coordinate, name string) string {
	for _, a := range axes {
		if a.Name == name {
			return a.Value
		}
	}
	return ""
}
