package grid

import (
	"slices"
	"strconv"
	"strings"
)

// References says what a grid has a run compared with, whether that is there or not.
type References struct {
	Seeds        int    // seeds that the grid asks for in the run's cell
	Smallest     int    // smallest rank on the run's line; 0 if ranks are no axis
	FirstScaling string // of the grid's first run that has a rank; empty if scalings are no axis
	Opposed      bool   // whether the grid asks for the run's cell with that scaling, too
}

// References returns an item for each of the grid's reported runs.
func (g Grid) References() []References {
	all := make([]References, len(g.Runs))
	first := slices.IndexFunc(g.Runs, func(p Planned) bool { return ValueOf(p.Axes, "rank") != "0" })
	if first < 0 {
		return all
	}
	scaling := ValueOf(g.Runs[first].Axes, "scaling")
	ofScheme := slices.DeleteFunc(following(g.Runs, "rank", "scaling"), func(name string) bool {
		return name == "model" || name == "data" // runs of two models are not compared
	})
	cell := g.keys(g.Nuisance...)
	line := g.keys(append(g.Moving(), "rank")...)
	rival := g.keys(slices.Concat(g.Moving(), ofScheme, []string{"scaling"})...)
	seeds, smallest, opposed := map[string]map[string]bool{}, map[string]int{}, map[string]bool{}
	for i, p := range g.Runs {
		if seeds[cell[i]] == nil {
			seeds[cell[i]] = make(map[string]bool)
		}
		seeds[cell[i]][ValueOf(p.Axes, "seed")] = true
		rank, _ := strconv.Atoi(ValueOf(p.Axes, "rank"))
		if low := smallest[line[i]]; rank > 0 && (low == 0 || rank < low) {
			smallest[line[i]] = rank
		}
		if ValueOf(p.Axes, "scaling") == scaling {
			opposed[rival[i]] = true
		}
	}
	for i := range all {
		all[i] = References{len(seeds[cell[i]]), smallest[line[i]], scaling, opposed[rival[i]]}
	}
	return all
}

// keys returns, for each reported run, a key of its axes but for the seed and the named ones.
func (g Grid) keys(except ...string) []string {
	keys := make([]string, len(g.Runs))
	for i, p := range g.Runs {
		keys[i] = Key(Without(p.Axes, append(slices.Clip(except), "seed")...))
	}
	return keys
}

// following names the axes that have one value for each combination of values on the others,
// which are named.
func following(planned []Planned, others ...string) (names []string) {
	for _, axis := range planned[0].Axes {
		at := make(map[string]string)
		another := slices.ContainsFunc(planned, func(p Planned) bool {
			var of []string
			for _, name := range others {
				of = append(of, ValueOf(p.Axes, name))
			}
			where, value := strings.Join(of, "\x00"), ValueOf(p.Axes, axis.Name)
			first, seen := at[where]
			at[where] = value
			return seen && first != value
		})
		if !another && !slices.Contains(others, axis.Name) {
			names = append(names, axis.Name)
		}
	}
	return names
}

// Places returns, for each reported run, of each of its axes the index of its value among the
// values on that axis, in the order in which the grid first has them.
func (g Grid) Places() [][]int {
	of := make(map[Coordinate]int)
	values := make(map[string]int) // on each axis
	all := make([][]int, len(g.Runs))
	for i, p := range g.Runs {
		for _, a := range p.Axes {
			if _, seen := of[a]; !seen {
				of[a] = values[a.Name]
				values[a.Name]++
			}
			all[i] = append(all[i], of[a])
		}
	}
	return all
}
