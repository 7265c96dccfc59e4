package grid

import "slices"

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

// Len counts the runs of all phases.
func (g Grid) Len() int { return len(g.Runs) + len(g.Tuning) }

// All lists the runs of all phases, those that tune first.
func (g Grid) All() []Planned { return slices.Concat(g.Tuning, g.Runs) }

// IDs returns the IDs of the runs of all phases.
func (g Grid) IDs() map[string]bool {
	ids := make(map[string]bool, g.Len())
	for _, p := range g.All() {
		ids[p.ID] = true
	}
	return ids
}

// Partition splits the axes of a planned run into the key of its cell, equal to [Choice.Key],
// and its nuisance axes.
func (g Grid) Partition(axes []Coordinate) (cell string, nuisance []Coordinate) {
	for _, a := range axes {
		if slices.Contains(g.Nuisance, a.Name) {
			nuisance = append(nuisance, a)
		}
	}
	return Key(g.cellAxes(axes)), nuisance
}

// cellAxes returns the axes without seed and nuisance axes.
func (g Grid) cellAxes(axes []Coordinate) []Coordinate {
	return Without(axes, append(slices.Clip(g.Nuisance), "seed")...)
}

// Moving names the axes on which the cells of one arm may differ: those that were zipped with
// rank, and nuisance axes. Zipped axes have one value at each rank, but not the same value at
// all ranks. Runs without a rank do not count.
func (g Grid) Moving() []string {
	ranked := slices.DeleteFunc(slices.Clone(g.Runs), func(p Planned) bool { return ValueOf(p.Axes, "rank") == "0" })
	var names []string
	if len(ranked) > 0 {
		for _, axis := range ranked[0].Axes {
			if isZipped(ranked, axis.Name) {
				names = append(names, axis.Name)
			}
		}
	}
	for _, name := range g.Nuisance {
		if !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	return names
}

// isZipped reports whether an axis was zipped with rank.
func isZipped(ranked []Planned, name string) bool {
	at := make(map[string]string) // rank → value
	values := make(map[string]bool)
	for _, p := range ranked {
		rank, value := ValueOf(p.Axes, "rank"), ValueOf(p.Axes, name)
		if v, seen := at[rank]; seen && v != value {
			return false
		}
		at[rank], values[value] = value, true
	}
	return len(values) > 1 && name != "rank"
}
