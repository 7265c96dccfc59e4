package sweep

import (
	"slices"

	"ranksweep/experiments"
	"ranksweep/grid"
)

// Twins returns, by ID, a sentence for each job whose training is mathematically
// identical to that of an earlier job of the same seed.
func (p *Plan) Twins() map[string]string {
	type key struct {
		twins string
		seed  uint64
	}
	first := make(map[key]Job)
	twins := make(map[string]string)
	for _, j := range p.Jobs {
		k := key{j.TwinID, j.Config.Seed}
		if other, ok := first[k]; ok {
			twins[j.ID] = "trains the same function as " + other.differs(j)
		} else {
			first[k] = j
		}
	}
	return twins
}

// differs names the coordinates of j that differ from those of other.
func (j Job) differs(other Job) string {
	own := slices.DeleteFunc(slices.Clone(j.Axes), func(a grid.Coordinate) bool {
		return slices.Contains(other.Axes, a)
	})
	return experiments.Point{Axes: own}.String() + ", written differently: only rounding differs"
}
