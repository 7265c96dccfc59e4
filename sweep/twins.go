package sweep

import (
	"slices"

	"ranksweep/experiments"
	"ranksweep/results"
)

// Twins returns, for each job that learns the same function as an earlier one of
// its seed, a sentence that says so, by its ID.
func (p *Plan) Twins() map[string]string {
	type key struct {
		function string
		seed     uint64
	}
	first := make(map[key]Job)
	twins := make(map[string]string)
	for _, j := range p.Jobs {
		k := key{j.Function, j.Config.Seed}
		if other, ok := first[k]; ok {
			twins[j.ID] = "the same function as " + other.differs(j)
		} else {
			first[k] = j
		}
	}
	return twins
}

// differs names the coordinates of j in which other has another one.
func (j Job) differs(other Job) string {
	own := slices.DeleteFunc(slices.Clone(j.Axes), func(a results.Axis) bool { return slices.Contains(other.Axes, a) })
	return experiments.Point{Axes: own}.String() + ", written in another way: they differ by rounding alone"
}
