package results

import (
	"cmp"
	"slices"
	"strings"

	"ranksweep/grid"
)

// compareArms orders settings by everything but rank and seed; 0 means that they
// lie on one line of a figure. Numerics version, model and data are compared too, so that
// runs that differ in them never share an arm or a cell.
func compareArms(a, b Setting) int {
	return cmp.Or(
		comparePlaces(a, b),
		compareSchemes(a, b),
		cmp.Compare(a.Optimizer, b.Optimizer),
		slices.CompareFunc(a.armAxes(), b.armAxes(), grid.Compare),
		cmp.Compare(a.armLR(), b.armLR()),
		cmp.Compare(a.Provenance.Numerics, b.Provenance.Numerics),
		cmp.Compare(a.Provenance.ModelHash, b.Provenance.ModelHash),
		cmp.Compare(a.Provenance.DataHash, b.Provenance.DataHash),
	)
}

// comparePlaces orders settings of one grid as the grid lists them: by scheme, then by the
// remaining axes, each in the order of its values. Runs without a rank come last. Without a
// grid the result is 0.
func comparePlaces(a, b Setting) int {
	if len(a.Places) == 0 || len(a.Places) != len(b.Places) {
		return 0
	}
	if a.Ranked() != b.Ranked() {
		return cmp.Compare(b.Rank, a.Rank) // one of the two is 0
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

// armLR returns the learning rate, or 0 if it moves with rank.
func (s Setting) armLR() float64 {
	if slices.Contains(s.Moving, "lr") {
		return 0
	}
	return s.LR
}

// compareCells orders settings by everything but seed; 0 means one sample.
func compareCells(a, b Setting) int {
	return cmp.Or(compareArms(a, b), cmp.Compare(a.Rank, b.Rank), cmp.Compare(a.Cell, b.Cell))
}

// compareRows is the order of rows wherever they are listed.
func compareRows(a, b Row) int {
	return cmp.Or(compareCells(a.Setting, b.Setting), cmp.Compare(a.Seed, b.Seed), cmp.Compare(a.ID, b.ID))
}

// compareRuns is the same order for runs without a grid.
func compareRuns(a, b Run) int {
	return cmp.Or(compareCells(settingOf(a), settingOf(b)), cmp.Compare(a.Seed, b.Seed), cmp.Compare(a.ID, b.ID))
}

// compareSchemes puts the named schemes first and orders the others by p; a matched scheme
// follows its plain one. Runs without a rank come last.
func compareSchemes(a, b Setting) int {
	place := func(r Setting) int {
		name, _, _ := strings.Cut(r.Scheme, "@")
		named := []string{"lora", "rslora", "constant"}
		if !r.Ranked() {
			return len(named) + 1
		}
		if i := slices.Index(named, name); i >= 0 {
			return i
		}
		return len(named)
	}
	return cmp.Or(cmp.Compare(place(a), place(b)), cmp.Compare(a.Powers.P, b.Powers.P),
		cmp.Compare(a.Scheme, b.Scheme))
}
