package recompute

import (
	"math"
	"slices"
)

// laws are the studies whose exact law of the first step is set beside a claim.
var laws = map[string]string{"rate-free-sgd": "paper-scalings"}

// whole is an arm with the cell of each rank at its smallest rate.
func (g rates) whole() *arm {
	a := *g[0]
	a.cells = nil
	for _, of := range grouped(cellsOf(g), (*cell).rank) {
		a.cells = append(a.cells, of[0]) // the first has the smallest rate
	}
	slices.SortFunc(a.cells, func(a, b *cell) int { return a.rank() - b.rank() })
	return &a
}

// firstRate is the power of the rate with which the first step would be best: of the smallest rate
// tried, times the best multiple of its step.
func (g rates) firstRate() power {
	return fit(g.whole().observations(func(r *run) float64 { return r.num("lr") * r.value("step_first") }))
}

// firstStepSaid says what the best first step is beside the best rate of a study of one multiplier.
func firstStepSaid(arms []*arm, name string, others []*arm) say {
	g := groups(arms)[0]
	i := slices.IndexFunc(others, func(a *arm) bool {
		return a.text("optimizer") == g[0].text("optimizer") && a.scheme == g[0].scheme
	})
	law, d := others[i].firstLaw(ranksOf(g))
	s := phrase("\n\nThe best first step is another quantity: the single step that would lower the loss most if the "+
		"loss "+
		"were equally curved in all directions. By its exact law, r/(r + D), it has the power # at these ranks; D = ",
		fix(law.mean, 2))
	return s.plus(halved(d), say{text: " is from theory's exact values in the study " + name +
		", for the same maps and " +
		"a Gaussian A. In the runs here that step was measured to have the power "}, g.firstRate().say(),
		say{text: ". The power of the best rate of the whole run stands above."})
}

// firstLaw is the power at some ranks of the law r/(r + D), and D: one of each seed, from its
// expected steps at the smallest and the largest rank.
func (a *arm) firstLaw(ranks []int) (power, interval) {
	var all []observed
	var ds []float64
	for _, low := range a.cells[0].runs {
		for _, high := range a.cells[len(a.cells)-1].runs {
			if low.seed() != high.seed() {
				continue
			}
			// low/high = r(R + D)/(R(r + D)), solved for D
			r, top := float64(low.rank()), float64(high.rank())
			q := low.expected("step_first") / high.expected("step_first") * top / r
			d := (top - q*r) / (q - 1)
			for _, rank := range ranks {
				all = append(all, observed{rank, low.seed(), float64(rank) / (float64(rank) + d)})
			}
			ds = append(ds, d)
		}
	}
	p := fit(all)
	if math.IsNaN(p.mean) {
		panic("the study has no exact first steps")
	}
	return p, mean(ds)
}
