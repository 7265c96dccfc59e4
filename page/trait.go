package page

import (
	"cmp"
	"strconv"

	"ranksweep/analysis"
	"ranksweep/grid"
	"ranksweep/paper"
	"ranksweep/paper/number"
)

// A trait is what tells runs apart: an axis of their grid. Figures and the list of runs are filtered by it.
type trait struct {
	Name  string   `json:"name"`
	Label string   `json:"label"`
	Words []string `json:"words"` // each value once
	At    []int    `json:"at"`    // the word of each reported run
}

// none is the value of a trait that a run lacks.
const none = "none"

// traitsOf are scheme, rank, the other axes of the grids of runs, and seed.
func traitsOf(rows []analysis.Row, schemes map[string]string) []trait {
	all := []trait{
		newTrait("scaling", "scheme", rows, func(r analysis.Row) string { return schemes[r.Setting.Scheme] }),
		newTrait("rank", "rank", rows, rankOf),
	}
	known := map[string]bool{"scaling": true, "rank": true, "seed": true}
	for _, r := range rows {
		for _, a := range r.Setting.Axes {
			if !known[a.Name] {
				known[a.Name] = true
				all = append(all, newTrait(a.Name, paper.AxisLabel(a.Name), rows, func(r analysis.Row) string {
					return cmp.Or(number.FullText(grid.ValueOf(r.Setting.Axes, a.Name)), none)
				}))
			}
		}
	}
	return append(all, newTrait("seed", "seed", rows, func(r analysis.Row) string {
		return strconv.FormatUint(r.Seed, 10)
	}))
}

func newTrait(name, label string, rows []analysis.Row, of func(analysis.Row) string) trait {
	texts := make([]string, len(rows))
	for i, r := range rows {
		texts[i] = of(r)
	}
	words, at := wordsOf(texts)
	return trait{name, label, words, at}
}

// rankOf is a run's rank, or that it has none.
func rankOf(r analysis.Row) string {
	if !r.Ranked() {
		return none
	}
	return strconv.Itoa(r.Setting.Rank)
}
