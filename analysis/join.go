package analysis

import (
	"slices"
	"strconv"

	"ranksweep/grid"
	"ranksweep/results"
)

// A Store is what one of several stores holds that are shown together.
type Store struct {
	Name     string        // by which people tell it from the others
	Rows     []Row         // the reported runs
	Choices  []grid.Choice // what tuning chose for them
	Coverage results.Coverage

	Fields [][]grid.Coordinate // of each row, every field of its config by its name on axes
	Left   map[string]bool     // IDs of runs of which the record of another store counts
}

// Values are the different values of a field in a store, in the order of its runs.
func (s Store) Values(field string) (values []string) {
	for _, fields := range s.Fields {
		if v := grid.ValueOf(fields, field); !slices.Contains(values, v) {
			values = append(values, v)
		}
	}
	return values
}

// Join makes rows and choices of one view of those of several stores. An axis that one store has is an axis of
// all, and so is a field that has one value in each store, and not the same in all; the runs of a store that lacks
// the axis have the value of their config there. So runs of two stores share a cell if they differ in their seed
// alone.
func Join(stores []Store) (rows []Row, choices []grid.Choice) {
	names := jointAxes(stores)
	planned := 0
	for _, s := range stores {
		place := planned
		for i, r := range s.Rows {
			planned = max(planned, place+r.Setting.Place+1)
			if s.Left[r.ID] {
				continue
			}
			r.Setting.Axes = onAxes(r.Setting.Axes, s.Fields[i], names)
			r.Setting.Place += place
			rows = append(rows, r)
		}
		choices = append(choices, s.onAxes(names)...)
	}
	settlePlaces(rows, names)
	settleReferences(rows, stores)
	return rows, choices
}

// jointAxes names the axes of several stores together.
func jointAxes(stores []Store) []string {
	var all [][]grid.Coordinate
	for _, s := range stores {
		for _, r := range s.Rows {
			all = append(all, r.Setting.Axes)
		}
	}
	names := axisNames(all)
	for _, field := range FieldsOf(stores) {
		if !slices.Contains(names, field) && apart(stores, field) {
			names = append(names, field)
		}
	}
	return names
}

// FieldsOf names every field of the configs of stores.
func FieldsOf(stores []Store) []string {
	var all [][]grid.Coordinate
	for _, s := range stores {
		all = append(all, s.Fields...)
	}
	return axisNames(all)
}

// apart reports whether a field has one value in each store, and not the same in all. Models and data are
// compared by their content, since files have other names elsewhere.
func apart(stores []Store, field string) bool {
	first := stores[0].Values(field)
	another := false
	for _, s := range stores {
		values := s.Values(field)
		if len(values) != 1 {
			return false
		}
		another = another || values[0] != first[0]
	}
	switch field {
	case "model":
		return another && manyHashes(stores, func(p results.Provenance) string { return p.ModelHash })
	case "data":
		return another && manyHashes(stores, func(p results.Provenance) string { return p.DataHash })
	}
	return another
}

// manyHashes reports whether runs of stores have different hashes, or one has none.
func manyHashes(stores []Store, of func(results.Provenance) string) bool {
	first := of(stores[0].Rows[0].Provenance)
	return first == "" || slices.ContainsFunc(stores, func(s Store) bool {
		return slices.ContainsFunc(s.Rows, func(r Row) bool { return of(r.Provenance) != first })
	})
}

// onAxes returns the coordinates on the named axes: those that a run has in its grid or, where the grid lacks
// the axis, by its config.
func onAxes(own, config []grid.Coordinate, names []string) (axes []grid.Coordinate) {
	for _, name := range names {
		from := own
		if !slices.ContainsFunc(own, func(a grid.Coordinate) bool { return a.Name == name }) {
			from = config
		}
		axes = append(axes, grid.Coordinate{Name: name, Value: grid.ValueOf(from, name)})
	}
	return axes
}

// onAxes returns the choices of a store with what tells its runs from those of others.
func (s Store) onAxes(names []string) []grid.Choice {
	choices := slices.Clone(s.Choices)
	for i, c := range choices {
		c.Axes = slices.Clip(c.Axes)
		for _, name := range names {
			known := append([]grid.Coordinate{{Name: "seed"}}, append(c.Axes, c.Candidates[0].Axes...)...)
			is := func(a grid.Coordinate) bool { return a.Name == name }
			if values := s.Values(name); len(values) == 1 && !slices.ContainsFunc(known, is) {
				c.Axes = append(c.Axes, grid.Coordinate{Name: name, Value: values[0]})
			}
		}
		choices[i] = c
	}
	return choices
}

// settlePlaces gives each row its places on axes: numbers by size, words in the order in which rows have them.
func settlePlaces(rows []Row, names []string) {
	place := make([]map[string]int, len(names))
	for i, name := range names {
		var values []string
		for _, r := range rows {
			values = append(values, r.Setting.Axes[i].Value)
		}
		place[i] = placesOn(name, values)
	}
	for k := range rows {
		rows[k].Setting.Places = make([]int, len(names))
		for i, a := range rows[k].Setting.Axes {
			rows[k].Setting.Places[i] = place[i][a.Value]
		}
	}
}

// placesOn orders the values on an axis.
func placesOn(name string, values []string) map[string]int {
	var distinct []string
	numbers := true
	place := make(map[string]int)
	for _, v := range values {
		if _, seen := place[v]; !seen {
			place[v] = len(distinct)
			distinct = append(distinct, v)
			_, err := strconv.ParseFloat(v, 64)
			numbers = numbers && err == nil
		}
	}
	if !numbers {
		return place
	}
	slices.SortFunc(distinct, func(a, b string) int {
		return grid.Compare(grid.Coordinate{Name: name, Value: a}, grid.Coordinate{Name: name, Value: b})
	})
	for i, v := range distinct {
		place[v] = i
	}
	return place
}

// settleReferences joins what the grids of stores have runs compared with: the smallest rank on a line is that of
// all stores, and a cell has the seeds of all. The schemes are compared with that of the first store.
func settleReferences(rows []Row, stores []Store) {
	slices.SortStableFunc(rows, compareRows)
	first := slices.MinFunc(rows, func(a, b Row) int { return a.Setting.Place - b.Setting.Place })
	seeds := seedsOf(stores)
	for from := 0; from < len(rows); {
		to, smallest := from, 0
		for ; to < len(rows) && compareArms(rows[from].Setting, rows[to].Setting) == 0; to++ {
			if r := rows[to].Setting.Smallest; smallest == 0 || r > 0 && r < smallest {
				smallest = r
			}
		}
		for ; from < to; from++ {
			s := &rows[from].Setting
			s.References = grid.References{
				Seeds: seeds[s.Cell], Smallest: smallest, FirstScaling: first.Setting.FirstScaling,
				Opposed: s.Opposed && s.FirstScaling == first.Setting.FirstScaling,
			}
		}
	}
}

// seedsOf counts the seeds that the grids of stores ask for in each cell. A run that two stores have counts once.
func seedsOf(stores []Store) map[string]int {
	seeds, seen := make(map[string]int), make(map[string]bool)
	for _, s := range stores {
		counted := make(map[string]bool)
		for _, r := range s.Rows {
			if cell := r.Setting.Cell; !counted[cell] {
				counted[cell] = true
				seeds[cell] += r.Setting.Seeds
			}
			if seen[r.ID] && r.Setting.Seeds > 0 {
				seeds[r.Setting.Cell]--
			}
			seen[r.ID] = true
		}
	}
	return seeds
}
