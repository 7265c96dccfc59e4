package stats

import "math"

// Trial is a learning rate with its loss. The loss is infinite if the run diverged.
type Trial struct{ Rate, Loss float64 }

// Optimum is the lowest point of loss against the logarithm of the rate.
type Optimum struct {
	Rate, Loss float64 // NaN if no trial has a finite loss
	Edge       bool    // the best trial is the smallest or the largest rate, so that a better one may lie beyond
	Wall       bool    // a neighbour of the best trial has no finite loss, so that there is no parabola
}

// FindOptimum returns the lowest point of the parabola through the best trial and its two
// neighbours. At an edge or a wall it returns the best trial itself. Trials must be in rising
// order of their rates.
//
// It uses three points only, since curves of loss are steeper on one side, and a least-squares
// parabola through five points mistakes that for a shifted optimum. In simulations of two arms
// that are equally good at their best rates, tests at the 5% level told them apart in 5% of
// cases with three points, and in up to 10% with five; docs/statistics.md has the table.
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

// Lowest returns the index of the trial with the lowest finite loss, the first of equals, or -1.
// edge says that its rate is the smallest or the largest of all rates tried, so that a better
// one may lie beyond. Trials may be in any order.
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

// AtEdge reports whether the best of some values is the lowest or the highest value tried.
func AtEdge(best, low, high float64) bool { return best == low || best == high }

// vertex returns the lowest point of the parabola through three trials, by Newton's form. The
// middle trial must not be higher than the others.
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
