package results

import (
	"math"
	"slices"
	"strings"
	"sync"
	"unique"

	"ranksweep/grid"
	"ranksweep/metrics"
)

// Outlines are runs without most of what was measured, which takes little memory however many they
// are. Each has its statistics all the same. The tables of an export take the rest from a [Rest].
type Outlines struct {
	Runs []Run // outlines, in the order of [Store.Runs]

	rest     func(id string) (rest, error) // of a run
	recorded []metrics.Quantity            // in some curve
	modules  []metrics.Quantity            // of some adapted map
	configs  *configReader
	paths    []string // of the fields of configs
}

// OutlinesOf returns the outlines of runs in memory.
func OutlinesOf(runs []Run) Outlines {
	byID := make(map[string]rest, len(runs))
	var outlines []outline
	configs := newConfigReader()
	for _, r := range runs {
		byID[r.ID] = restOf(r)
		outlines = append(outlines, outlineOf(r, configs))
	}
	return newOutlines(outlines, configs, func(id string) (rest, error) { return byID[id], nil })
}

// Outlines is Asked for outlines. What they leave out goes into left.
func (s *Store) Outlines(g grid.Grid, left *Rest) (o Outlines, others int, problems []error) {
	configs := newConfigReader()
	outlines, others, problems := collect(s, g, func(id string) (outline, error) {
		r, err := s.get(id, left.decode)
		return outlineOf(r, configs), ofRun(err, id)
	})
	return newOutlines(outlines, configs, left.read), others, problems
}

// JoinOutlines are the outlines of several stores as one. left are the IDs of runs of which the record of another
// store counts, for each store.
func JoinOutlines(stores []Outlines, left []map[string]bool) Outlines {
	if len(stores) == 1 {
		return stores[0] // without a second list of as many runs
	}
	all := Outlines{configs: newConfigReader()}
	from := make(map[string]int)
	recorded, modules := make(map[metrics.Quantity]bool), make(map[metrics.Quantity]bool)
	var paths [][]string
	for i, o := range stores {
		for _, r := range o.Runs {
			if !left[i][r.ID] {
				all.Runs, from[r.ID] = append(all.Runs, r), i
			}
		}
		mark(recorded, o.recorded)
		mark(modules, o.modules)
		paths = append(paths, o.paths)
	}
	slices.SortStableFunc(all.Runs, CompareRuns)
	all.paths, all.recorded, all.modules = mergeOrders(paths), inOrder(recorded), inOrder(modules)
	all.rest = func(id string) (rest, error) { return stores[from[id]].rest(id) }
	return all
}

// outline is an outline with what the columns of tables depend on.
type outline struct {
	Run
	recorded []metrics.Quantity
	modules  []metrics.Quantity
	paths    string
}

func outlineOf(r Run, configs *configReader) outline {
	fields, _ := configs.fields(r.Config) // what is wrong with it is said when its row is written
	o := outline{r.summary(), metrics.Recorded(r.Curve...), metrics.Recorded(r.Modules...),
		one(strings.Join(pathsOf(fields), "\n"))}
	o.method = one(r.Method())
	o.Modules, o.Validation, o.Config = nil, nil, nil
	return o
}

// summary is the run with the onset of its curve alone, and with its statistics. Texts that many runs have are
// in memory once.
func (r Run) summary() Run {
	r.Provenance = unique.Make(r.Provenance).Value()
	for _, text := range []*string{&r.Experiment, &r.Scheme, &r.Optimizer, &r.BeyondTheory} {
		*text = one(*text)
	}
	r.Warnings, r.Axes = slices.Clone(r.Warnings), slices.Clone(r.Axes)
	for i, w := range r.Warnings {
		r.Warnings[i] = one(w)
	}
	for i, a := range r.Axes {
		r.Axes[i] = grid.Coordinate{Name: one(a.Name), Value: one(a.Value)}
	}
	r.statistics = make([]float64, len(metrics.Statistics))
	for i, s := range metrics.Statistics {
		r.statistics[i] = s.Of(r.Curve)
	}
	r.Curve = slices.Clone(r.Curve[:min(1, len(r.Curve))])
	return r
}

// one returns one copy of equal texts.
func one(text string) string { return unique.Make(text).Value() }

func newOutlines(all []outline, configs *configReader, read func(id string) (rest, error)) Outlines {
	slices.SortStableFunc(all, func(a, b outline) int { return CompareRuns(a.Run, b.Run) })
	o := Outlines{Runs: make([]Run, len(all)), configs: configs, rest: read}
	recorded, modules := make(map[metrics.Quantity]bool), make(map[metrics.Quantity]bool)
	seen := make(map[string]bool)
	var lists [][]string
	for i, r := range all {
		o.Runs[i] = r.Run
		mark(recorded, r.recorded)
		mark(modules, r.modules)
		if r.paths != "" && !seen[r.paths] {
			seen[r.paths] = true
			lists = append(lists, strings.Split(r.paths, "\n"))
		}
	}
	o.paths = mergeOrders(lists)
	o.recorded, o.modules = inOrder(recorded), inOrder(modules)
	return o
}

// mark adds quantities to a set.
func mark(set map[metrics.Quantity]bool, more []metrics.Quantity) {
	for _, q := range more {
		set[q] = true
	}
}

// inOrder lists the quantities of a set, and those that have a column in any case.
func inOrder(set map[metrics.Quantity]bool) []metrics.Quantity {
	return slices.DeleteFunc(metrics.Quantities(), func(q metrics.Quantity) bool { return q.Optional() && !set[q] })
}

// statistic returns a statistic of the run's curve, or what a summary knows of it.
func (r Run) statistic(s metrics.Statistic) float64 {
	if r.statistics == nil {
		return s.Of(r.Curve)
	}
	if i, ok := placeOfStatistic()[s.Name]; ok {
		return r.statistics[i]
	}
	return math.NaN()
}

// placeOfStatistic is where a summary has the value of a statistic.
var placeOfStatistic = sync.OnceValue(func() map[string]int {
	places := make(map[string]int)
	for i, s := range metrics.Statistics {
		places[s.Name] = i
	}
	return places
})
