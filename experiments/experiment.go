package experiments

import (
	"slices"
)

// Experiment is a question and the grid of runs that is to answer it.
type Experiment struct {
	Name     string   // letters, digits, dots, dashes and underscores
	Question string   // for the reader; may be empty
	Base     Config   // the values that all runs share; an axis overrides its field
	Grid     []Axis   // the scientific axes, all combined with each other
	Zip      []Zip    // axes that vary together, combined with all others
	Nuisance []Axis   // axes that are tuned, all combined with each other: each cell gets its best values
	Tune     Tune     // how the best values are chosen
	When     []Rule   // values that depend on others, applied in order
	Exclude  []Match  // combinations that are left out
	Figures  []Figure // that are drawn beside the usual ones; no part of any run
	Doubts   []string // about all runs, which tables print as footnotes; no part of the file

	perRank float64           // alpha is this many times the rank; 0 if it is a number of its own
	scales  map[string]scale  // other sizes of the experiment, by name
	places  map[string]string // where fields, by their paths, and keys of the top level are set; see put
}

// Rule sets fields in the configs that it matches.
type Rule struct {
	If  Match
	Set []Setting
}

// Setting is a field and its value.
type Setting struct {
	Name  string // as in Axis
	Value any    // of the field's type
	place string // where it is set, if a file sets it
}

// blockSeeds is the distance between blocks of seeds. No experiment has so many seeds.
const blockSeeds = 1000

// UseBlock moves every seed, those of the grid, of what is left out and of tuning, by a number
// of blocks, so that a finding on one block of seeds can be judged again on another.
// Block 0 leaves the seeds as the file has them. A seed of 1000 or more is an error.
func (e *Experiment) UseBlock(block int) error {
	shift := uint64(block) * blockSeeds
	e.Base.Seed += shift
	for i := range e.Tune.Seeds {
		e.Tune.Seeds[i] += shift
	}
	lists := [][]Axis{e.Grid}
	for _, m := range e.Exclude {
		lists = append(lists, m)
	}
	for _, axes := range lists {
		if err := shiftSeeds(axes, shift); err != nil {
			return e.inPlace(err)
		}
	}
	return nil
}

// shiftSeeds adds to every seed among the values of axes.
func shiftSeeds(axes []Axis, shift uint64) error {
	for i, a := range axes {
		if a.Name != "seed" {
			continue
		}
		values := slices.Clone(a.Values)
		for j, v := range values {
			if v.(uint64) >= blockSeeds {
				return about("seed")("seed %d: must be below %d, since seeds from there on are of other blocks", v,
					blockSeeds)
			}
			values[j] = v.(uint64) + shift
		}
		axes[i].Values = values
	}
	return nil
}
