package stats

import "math"

// Trial is the loss that a learning rate led to: infinite where it diverged.
type Trial struct{ Rate, Loss float64 }

// Optimum is the lowest point of loss against the logarithm of the rate.
type Optimum struct {
	Rate, Loss float64 // NaN where no trial has a finite loss
	Edge       bool    // the best trial is the smallest or the largest rate, so that a better one may lie beyond
	Wall       bool    // a rate beside the best trial has no finite loss, so that no parabola goes through it
}

// Inside reports whether the optimum lies between rates that were tried.
func (o Optimum) Inside() bool { return !o.Edge && !o.Wall && !math.IsNaN(o.Rate) }

// FindOptimum is the lowest point of the parabola through the best trial and its
// two neighbours or, at an edge or a wall, that trial itself. Trials are in rising
// order of their rates.
//
// Three points and no more: curves of loss are steeper on one side, and a
// parabola by least squares through five points takes that for a higher or a lower
// optimum. In simulations of two arms that are equally good at their best, tests
// at the 5% level told them apart in 5% with three points, and in up to 10% with
// five; docs/statistics.md has the table.
func FindOptimum(trials []Trial) Optimum {
	i, edge := Lowest(trials)
	if i < 0 {
		return Optimum{Rate: math.NaN(), Loss: math.NaN()}
	}
	o := Optimum{Rate: trials[i].Rate, Loss: trials[i].Loss, Edge: edge}
	if o.Edge {
		return o
	}
	if o.Wall = math.IsInf(trials[i-1].Loss, 1) || math.IsInf(trials[i+1].Loss, 1); o.Wall {
		return o
	}
	o.Rate, o.Loss = vertex(trials[i-1], trials[i], trials[i+1])
	return o
}

// Lowest is the index of the trial with the lowest loss, the first of equals, and
// whether its rate is the smallest or the largest of all that were tried, so that a
// better one may lie beyond. It is -1 where no trial has a finite loss. Trials may be in
// any order.
func Lowest(trials []Trial) (at int, edge bool) {
	at = -1
	low, high := math.Inf(1), math.Inf(-1)
	for i, t := range trials {
		low, high = math.Min(low, t.Rate), math.Max(high, t.Rate)
		if t.Loss < math.Inf(1) && (at < 0 || t.Loss < trials[at].Loss) {
			at = i
		}
	}
	return at, at >= 0 && AtEdge(trials[at].Rate, low, high)
}

// AtEdge reports whether the best of some values is the lowest or the highest of those
// that were tried.
func AtEdge(best, low, high float64) bool { return best == low || best == high }

// vertex is the lowest point of the parabola through three trials, the middle one
// being no higher than the others, in Newton's form.
func vertex(p, q, r Trial) (rate, loss float64) {
	x0, x1, x2 := math.Log(p.Rate), math.Log(q.Rate), math.Log(r.Rate)
	left, right := (q.Loss-p.Loss)/(x1-x0), (r.Loss-q.Loss)/(x2-x1) // slopes
	if right == left {
		return q.Rate, q.Loss
	}
	bend := (right - left) / (x2 - x0)
	x := (x0+x1)/2 - left/2/bend
	return math.Exp(x), p.Loss + (x-x0)*(left+bend*(x-x1))
}
