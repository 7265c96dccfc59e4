package results

import (
	"math"
	"slices"
	"strings"
	"unique"

	"ranksweep/grid"
	"ranksweep/metrics"
)

// Outlines are runs without most of what was measured, which takes little memory however many they
// are. Each has its statistics all the same, and can be read again for the tables of an export.
type Outlines struct {
	Runs []Run // outlines, in the order of [Store.Runs]

	read     func(id string) (Run, error) // the whole run
	recorded []metrics.Quantity           // in some curve
	paths    map[string]string            // by ID, the paths of the config's fields, a line each
}

// OutlinesOf returns the outlines of runs in memory.
func OutlinesOf(runs []Run) Outlines {
	byID := make(map[string]Run, len(runs))
	var outlines []outline
	for _, r := range runs {
		byID[r.ID] = r
		outlines = append(outlines, outlineOf(r))
	}
	return newOutlines(outlines, func(id string) (Run, error) { return byID[id], nil })
}

// Outlines is Asked for outlines.
func (s *Store) Outlines(g grid.Grid) (o Outlines, others int, problems []error) {
	outlines, others, problems := collect(s, g, func(id string) (outline, error) {
		r, err := s.View(id)
		return outlineOf(r), err
	})
	return newOutlines(outlines, s.View), others, problems
}

// outline is an outline with what the columns of tables depend on.
type outline struct {
	Run
	recorded []metrics.Quantity
	paths    string
}

func outlineOf(r Run) outline {
	o := outline{r, metrics.Recorded(r.Curve...), strings.Join(configPaths(r.Config), "\n")}
	o.Provenance = unique.Make(r.Provenance).Value() // one copy of equal texts
	o.statistics = make([]float64, len(metrics.Statistics))
	for i, s := range metrics.Statistics {
		o.statistics[i] = s.Of(r.Curve)
	}
	o.Curve = slices.Clone(r.Curve[:min(1, len(r.Curve))]) // the onset
	o.Modules, o.Validation, o.Config = nil, nil, nil
	return o
}

func newOutlines(all []outline, read func(string) (Run, error)) Outlines {
	o := Outlines{read: read, paths: make(map[string]string, len(all))}
	recorded := make(map[metrics.Quantity]bool)
	known := make(map[string]string) // one copy of equal paths
	for _, one := range all {
		o.Runs = append(o.Runs, one.Run)
		if _, ok := known[one.paths]; !ok {
			known[one.paths] = one.paths
		}
		o.paths[one.ID] = known[one.paths]
		for _, q := range one.recorded {
			recorded[q] = true
		}
	}
	slices.SortStableFunc(o.Runs, CompareRuns)
	for _, q := range metrics.Quantities() {
		if recorded[q] || !q.Optional() {
			o.recorded = append(o.recorded, q)
		}
	}
	return o
}

// configPaths are the paths of config columns for the runs.
func (o Outlines) configPaths() []string {
	var lists [][]string
	seen := make(map[string]bool)
	for _, r := range o.Runs {
		if paths := o.paths[r.ID]; paths != "" && !seen[paths] {
			seen[paths] = true
			lists = append(lists, strings.Split(paths, "\n"))
		}
	}
	return mergeOrders(lists)
}

// statistic returns a statistic of the run's curve, or what an outline knows of it.
func (r Run) statistic(s metrics.Statistic) float64 {
	if r.statistics == nil {
		return s.Of(r.Curve)
	}
	for i, known := range metrics.Statistics {
		if known.Name == s.Name {
			return r.statistics[i]
		}
	}
	return math.NaN()
}
