package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime/debug"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"ranksweep/analysis"
	"ranksweep/chart"
	"ranksweep/experiments"
	"ranksweep/grid"
	"ranksweep/metrics"
	"ranksweep/results"
)

// memoryLimit is for views of large stores, in bytes: 100,000 runs have room in it.
const memoryLimit = 900 << 20

// boundMemory has memory collected seldom below the limit and often near it, until undo is called. A lower limit
// of the user stays, and so does GOGC.
func boundMemory() (undo func()) {
	limit := debug.SetMemoryLimit(min(debug.SetMemoryLimit(-1), memoryLimit))
	percent := debug.SetGCPercent(200)
	if os.Getenv("GOGC") != "" {
		debug.SetGCPercent(percent)
	}
	return func() {
		debug.SetGCPercent(percent)
		debug.SetMemoryLimit(limit)
	}
}

// storesHelp explains DIR…, for every command that shows several stores together.
const storesHelp = severalHelp + " What is written\n" +
	"goes into a folder with the names of all beside the first store."

// severalHelp explains DIR… where that folder is none of a command's matter.
const severalHelp = storeHelp + "\n\n" +
	"Several stores are shown together: a table says what each holds and in which fields of\n" +
	"configs, models, data, trainers, programs and CPUs they differ, and such a field is an axis of\n" +
	"them all. Runs that differ in their seed alone share a cell, from whichever store they come. A\n" +
	"run that two stores have counts once, unless its records contradict each other."

// ofStores is the PreRunE of subcommands all of whose arguments are stores.
func ofStores(cmd *cobra.Command, args []string) error {
	for _, dir := range args {
		if err := ofStore(cmd, []string{dir}); err != nil {
			return err
		}
	}
	return distinctStores(args)
}

// distinctStores refuses a store that is given twice.
func distinctStores(dirs []string) error {
	var seen []fs.FileInfo
	for _, dir := range dirs {
		info, err := os.Stat(dir)
		if err != nil {
			return err
		}
		if i := slices.IndexFunc(seen, func(other fs.FileInfo) bool { return os.SameFile(info, other) }); i >= 0 {
			return usageError{fmt.Errorf("%s and %s are one store: give it once", dirs[i], dir)}
		}
		seen = append(seen, info)
	}
	return nil
}

// atLeastOne requires an argument with this name, and allows more.
func atLeastOne(name string) cobra.PositionalArgs {
	return func(cmd *cobra.Command, args []string) error {
		if len(args) > 0 {
			return nil
		}
		return exactly(name)(cmd, args)
	}
}

// longestName is the longest name of a folder that every file system allows, in bytes, with room for what
// is written beside it.
const longestName = 200

// viewFolder is the folder into which views of stores are written: a single store itself, or one that has the
// names of all, beside the first.
func viewFolder(dirs []string) (string, error) {
	if len(dirs) == 1 {
		return dirs[0], nil
	}
	var names []string
	for _, dir := range dirs {
		path, err := filepath.Abs(dir)
		if err != nil {
			return "", err
		}
		names = append(names, filepath.Base(path))
	}
	name := strings.Join(names, "+")
	if len(name) > longestName {
		return "", fmt.Errorf("%d stores at once: their names together make a folder's name of %d bytes: must be at "+
			"most %d: give fewer, or rename them", len(dirs), len(name), longestName)
	}
	folder := filepath.Join(filepath.Dir(filepath.Clean(dirs[0])), name)
	if isStore(folder) {
		return "", fmt.Errorf("%s is a store: views of %s would be written into it: rename it", folder,
			strings.Join(dirs, " and "))
	}
	return folder, nil
}

// storedIn reads what stores hold by read, each as [stored] does, and joins it.
func storedIn(cmd *cobra.Command, dirs []string, read reader) (holdings, error) {
	opened, err := openStores(cmd, dirs, read)
	if err != nil {
		return holdings{}, err
	}
	return heldBy(cmd, opened)
}

// A reader reads the runs of a store that a grid asks for.
type reader func(*results.Store, grid.Grid) (runs []results.Run, others int, problems []error)

var (
	wholeRuns reader = (*results.Store).Asked
	summaries reader = (*results.Store).Summaries // all that tables show
)

// openStores reads the runs that the grids of stores ask for by read, and finds which record of a run counts.
func openStores(cmd *cobra.Command, dirs []string, read reader) ([]openedStore, error) {
	opened := make([]openedStore, len(dirs))
	for i, dir := range dirs {
		g, err := results.ReadGrid(dir)
		if err != nil {
			return nil, err
		}
		o := openedStore{dir: dir, store: results.Open(dir), grid: g, left: make(map[string]bool)}
		o.all, o.others, o.problems = read(o.store, g)
		opened[i] = o
	}
	return opened, agree(cmd, opened)
}

// heldBy is what opened stores hold together.
func heldBy(cmd *cobra.Command, opened []openedStore) (holdings, error) {
	if len(opened) == 1 {
		o := opened[0]
		return holdingsOf(cmd, o.dir, o.grid, o.all, o.others, o.problems)
	}
	return joined(cmd, opened)
}

// openedStore is a store, with what was read of it.
type openedStore struct {
	dir      string
	store    *results.Store
	grid     grid.Grid
	all      []results.Run
	others   int
	problems []error
	left     map[string]bool // runs of which the record of another store counts
}

// agree finds, of each run that several stores have, the record that counts: that which a union of them would
// have. Two records that contradict each other are an error that names both.
func agree(cmd *cobra.Command, opened []openedStore) error {
	var stores []*results.Store
	count := make(map[string]int)
	for _, o := range opened {
		stores = append(stores, o.store)
		for _, r := range o.all {
			count[r.ID]++
		}
	}
	var shared []string
	for id, n := range count {
		if n > 1 {
			shared = append(shared, id)
		}
	}
	slices.Sort(shared)
	union, err := results.UnionOf(shared, stores, promisesNothing)
	if err != nil {
		return err
	}
	tellSome(cmd.ErrOrStderr(), "twice", union.Kept)
	for _, c := range union.Chosen {
		for i, o := range opened {
			if o.store != c.Store {
				opened[i].left[c.ID] = true
			}
		}
	}
	return nil
}

// joined joins what stores hold.
func joined(cmd *cobra.Command, opened []openedStore) (all holdings, err error) {
	var dirs []string
	for _, o := range opened {
		dirs = append(dirs, o.dir)
	}
	names := storeNames(dirs)
	planUnknown := false
	all.from = make(map[string]*results.Store)
	for i, o := range opened {
		h, err := holdingsOf(cmd, o.dir, o.grid, o.all, o.others, o.problems)
		if err != nil {
			return all, err
		}
		all.stores = append(all.stores, analysis.Store{Name: names[i], Rows: h.runs, Choices: h.choices,
			Coverage: h.coverage, Fields: fieldsOf(h.runs), Left: o.left})
		for _, r := range h.all {
			if !o.left[r.ID] {
				all.from[r.ID] = o.store
				all.all = append(all.all, r)
			}
		}
		all.addGrid(h)
		all.newer = append(all.newer, h.newer...)
		all.missing = errors.Join(all.missing, h.missing)
		planUnknown = planUnknown || h.coverage.PlanUnknown
	}
	all.runs, all.choices = analysis.Join(all.stores)
	all.coverage = results.CoverageOf(all.grid, all.all, all.newer)
	all.coverage.PlanUnknown = planUnknown
	return all, nil
}

// addGrid adds the grid of a store to that of several. A store without a grid asks for the runs that it has.
func (h *holdings) addGrid(of holdings) {
	g := of.grid
	if g.Len() == 0 {
		for _, r := range of.all {
			g.Runs = append(g.Runs, grid.Planned{ID: r.ID, Axes: r.Axes})
		}
	}
	asked := h.grid.IDs()
	another := func(planned []grid.Planned) []grid.Planned {
		return slices.DeleteFunc(slices.Clone(planned), func(p grid.Planned) bool { return p.ID != "" && asked[p.ID] })
	}
	h.grid.Tuning = append(h.grid.Tuning, another(g.Tuning)...)
	h.grid.Runs = append(h.grid.Runs, another(g.Runs)...)
	for _, name := range g.Nuisance {
		if !slices.Contains(h.grid.Nuisance, name) {
			h.grid.Nuisance = append(h.grid.Nuisance, name)
		}
	}
}

// storeNames are the names by which people tell stores apart: as many of the last parts of their paths as that
// takes.
func storeNames(dirs []string) []string {
	var paths []string
	for _, dir := range dirs {
		path, err := filepath.Abs(dir)
		if err != nil {
			path = dir
		}
		paths = append(paths, filepath.ToSlash(path))
	}
	return chart.ShortPaths(paths)
}

// fieldsOf has every field of the config of each row, by its name on axes. Configs of runs that were trained
// elsewhere have some of them.
func fieldsOf(rows []analysis.Row) (all [][]grid.Coordinate) {
	for _, r := range rows {
		c, err := experiments.ConfigOf(r.ID, r.Config)
		if err == nil && r.Imported == nil {
			all = append(all, c.Coordinates())
		} else {
			all = append(all, analysis.Coordinates(r.Run))
		}
	}
	return all
}

// modules reads the points of each adapted map of a run, from the store in dir or, if several are shown, from
// that of the run.
func (h holdings) modules(dir string) func(id string) ([]metrics.Point, error) {
	of := h.storeOf(dir)
	return func(id string) ([]metrics.Point, error) {
		r, err := of(id).Get(id)
		return r.Modules, err
	}
}

// storeOf returns the store of each run: that in dir or, if several are shown, the one whose record counts.
func (h holdings) storeOf(dir string) func(id string) *results.Store {
	single := results.Open(dir)
	return func(id string) *results.Store {
		if h.from != nil {
			return h.from[id]
		}
		return single
	}
}
