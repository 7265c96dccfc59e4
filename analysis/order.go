package analysis

import (
	"cmp"
	"slices"

	"ranksweep/grid"
	"ranksweep/results"
)

// compareArms orders settings by everything but rank and seed; 0 means that they
// lie on one line of a figure, see [results.CompareArms].
func compareArms(a, b Setting) int {
	return cmp.Or(comparePlaces(a, b), results.CompareArms(a.arm(), b.arm()))
}

// comparePlaces orders settings of one grid, or of several joined, as the grid lists them: by scheme, then by the
// remaining axes, each in the order of its values. Runs without a rank come last. Without a
// grid the result is 0.
func comparePlaces(a, b Setting) int {
	if len(a.Places) == 0 || len(a.Places) != len(b.Places) {
		return 0
	}
	if a.Ranked() != b.Ranked() {
		return cmp.Compare(b.Rank, a.Rank) // one of the two is 0
	}
	if moving := slices.Compare(a.Moving, b.Moving); moving != 0 {
		return moving // of two grids
	}
	scheme, others := 0, 0
	for i, axis := range a.Axes {
		c := cmp.Compare(a.Places[i], b.Places[i])
		if axis.Name == "scaling" {
			scheme = c
		} else if !slices.Contains(append([]string{"rank", "seed"}, a.Moving...), axis.Name) {
			others = cmp.Or(others, c)
		}
	}
	return cmp.Or(scheme, others)
}

// armAxes returns the axes that tell arms apart: all except rank, scaling, seed and the
// axes that move with rank.
func (s Setting) armAxes() []grid.Coordinate {
	return grid.Without(s.Axes, append([]string{"rank", "scaling", "seed"}, s.Moving...)...)
}

// arm returns the setting as a run without what moves with rank.
func (s Setting) arm() results.Run {
	r := s.run()
	r.Axes = grid.Without(s.Axes, s.Moving...)
	if slices.Contains(s.Moving, "lr") {
		r.LR = 0
	}
	return r
}

// compareCells orders settings by everything but seed; 0 means one sample.
func compareCells(a, b Setting) int {
	return cmp.Or(compareArms(a, b), cmp.Compare(a.Rank, b.Rank), cmp.Compare(a.Cell, b.Cell))
}

// compareRows is the order of rows wherever they are listed.
func compareRows(a, b Row) int {
	return cmp.Or(compareCells(a.Setting, b.Setting), cmp.Compare(a.Seed, b.Seed), cmp.Compare(a.ID, b.ID))
}
