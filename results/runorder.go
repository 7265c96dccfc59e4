package results

import (
	"cmp"
	"slices"
	"strings"

	"ranksweep/grid"
)

// CompareRuns is the order of runs wherever they are listed.
func CompareRuns(a, b Run) int {
	return cmp.Or(CompareArms(a, b), cmp.Compare(a.Rank, b.Rank), cmp.Compare(a.Cell, b.Cell),
		cmp.Compare(a.Seed, b.Seed), cmp.Compare(a.ID, b.ID))
}

// CompareArms orders runs by everything but rank and seed; 0 means that they lie on one line of a
// figure. Numerics version, model and data are compared too, so that runs that differ in them
// never share a line.
func CompareArms(a, b Run) int {
	return cmp.Or(
		compareSchemes(a, b),
		cmp.Compare(a.Optimizer, b.Optimizer),
		slices.CompareFunc(armAxes(a), armAxes(b), grid.Compare),
		cmp.Compare(a.LR, b.LR),
		cmp.Compare(a.Provenance.Numerics, b.Provenance.Numerics),
		cmp.Compare(a.Provenance.ModelHash, b.Provenance.ModelHash),
		cmp.Compare(a.Provenance.DataHash, b.Provenance.DataHash),
	)
}

// armAxes returns the axes that tell arms apart besides the scheme.
func armAxes(r Run) []grid.Coordinate { return grid.Without(r.Axes, "rank", "scaling", "seed") }

// compareSchemes puts the named schemes first and orders the others by p; a matched scheme
// follows its plain one. Runs without a rank come last.
func compareSchemes(a, b Run) int {
	place := func(r Run) int {
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
