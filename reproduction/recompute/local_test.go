package recompute

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
)

// localGrid is one cell and seed at several values of the nuisance axis.
type localGrid struct {
	axis        string
	runs        []*run // by rising value
	first       *run   // of the cell, by place in the grid
	best        *run   // the one that stands for all
	value, loss float64
	edge, top   bool // the best value is the first or the last; the last
}

// localGrids sorts runs by cell and seed, and finds the lowest point of each.
func localGrids(trained []*run, axis string) (all []*localGrid) {
	byPlace := slices.SortedFunc(slices.Values(trained), func(a, b *run) int {
		return cmp.Compare(a.whole("place"), b.whole("place"))
	})
	for _, cell := range grouped(byPlace, func(r *run) string { return axesKey(r, axis, "seed") }) {
		for _, runs := range grouped(cell, (*run).seed) {
			g := &localGrid{axis: axis, runs: runs, first: cell[0]}
			g.find()
			all = append(all, g)
		}
	}
	return all
}

// axesKey is equal for runs whose axes are equal, except for the named axes.
func axesKey(r *run, except ...string) string {
	var key []string
	for _, a := range r.axes {
		if !slices.Contains(except, a[0]) {
			key = append(key, a[0]+"="+a[1])
		}
	}
	return strings.Join(key, "\n")
}

// find finds the lowest point, and the run that stands for the grid. That run is a copy, so
// that the row stays as it is.
func (g *localGrid) find() {
	at := func(r *run) float64 { v, _ := strconv.ParseFloat(r.axis(g.axis), 64); return v }
	slices.SortFunc(g.runs, func(a, b *run) int { return cmp.Compare(at(a), at(b)) })
	var rates, losses []float64
	var of []*run
	for _, r := range g.runs {
		if loss := trial(r); !math.IsNaN(loss) {
			rates, losses, of = append(rates, at(r)), append(losses, loss), append(of, r)
		}
	}
	o := lowest(rates, losses)
	stands := leastBad(g.runs)
	if g.value, g.loss, g.edge = o.rate, o.loss, o.edge; !math.IsNaN(o.rate) {
		stands = of[o.at]
	} else {
		g.value, g.loss = at(stands), stands.num("val_loss")
	}
	g.top = g.edge && o.at == len(of)-1
	standIn := *stands
	g.best = &standIn
	g.best.grid = g
}

// trial is the loss at a value: infinite if the run diverged or ended above where it began,
// NaN if there is no loss.
func trial(r *run) float64 {
	if r.diverged() || r.num("val_loss_onset")-r.num("val_loss") < 0 {
		return math.Inf(1)
	}
	return r.num("val_loss")
}

// leastBad is the best run to stand for a grid: a done one before a diverged one before a
// failed one; among equals the one with the lowest loss, or the most steps.
func leastBad(runs []*run) *run {
	order := func(r *run) int { return slices.Index([]string{"done", "diverged", "failed"}, r.text("status")) }
	return slices.MinFunc(runs, func(a, b *run) int {
		return cmp.Or(cmp.Compare(order(a), order(b)), cmp.Compare(a.num("val_loss"), b.num("val_loss")),
			cmp.Compare(b.whole("steps"), a.whole("steps")))
	})
}

// optimum is the lowest point of losses over the logarithm of rates.
type optimum struct {
	rate, loss float64 // NaN where no loss is finite
	at         int     // place of the best trial
	edge       bool    // it is the smallest or the largest
	wall       bool    // it lies next to one without a finite loss
}

// lowest is the lowest point of the parabola through the best trial and its neighbours, or the
// best trial itself if it is at an edge or next to one without a finite loss.
func lowest(rates, losses []float64) optimum {
	at := -1
	for i, loss := range losses {
		if !math.IsInf(loss, 1) && (at < 0 || loss < losses[at]) {
			at = i
		}
	}
	if at < 0 {
		return optimum{rate: nan, loss: nan, at: -1}
	}
	o := optimum{rate: rates[at], loss: losses[at], at: at, edge: at == 0 || at == len(losses)-1}
	if o.edge {
		return o
	}
	if o.wall = math.IsInf(losses[at-1], 1) || math.IsInf(losses[at+1], 1); o.wall {
		return o
	}
	// Around the middle: y = m + b u + c u², through u = l below 0 and u = h above.
	l, h := math.Log(rates[at-1]/rates[at]), math.Log(rates[at+1]/rates[at])
	low, high := losses[at-1]-losses[at], losses[at+1]-losses[at]
	c := (low/l - high/h) / (l - h)
	b := low/l - c*l
	if c == 0 {
		return o
	}
	u := -b / (2 * c)
	o.rate, o.loss = rates[at]*math.Exp(u), losses[at]+b*u/2
	return o
}

// marks compares the columns local, local_value and local_val_loss with the runs.
func (s *study) marks() (wrong []string) {
	best := make(map[string]*localGrid)
	tried := make(map[string]bool)
	for _, g := range s.grids {
		best[g.best.text("run")] = g
		for _, r := range g.runs {
			tried[r.text("run")] = true
		}
	}
	for _, r := range s.rows {
		id, mark, value, loss := r.text("run"), "", nan, nan
		if g := best[id]; g != nil {
			mark, value, loss = "best", g.value, g.loss
		} else if tried[id] {
			mark = "tried"
		}
		if r.text("local") != mark || !same(r.num("local_value"), value) || !same(r.num("local_val_loss"), loss) {
			wrong = append(wrong, fmt.Sprintf("%s: run %s is %q at %s with %s, and should be %q at %.17g with %.17g",
				s.name, id, r.text("local"), r.text("local_value"), r.text("local_val_loss"), mark, value, loss))
		}
	}
	return wrong
}

// same reports whether two values are equal to within rounding, or both absent.
func same(a, b float64) bool {
	return math.IsNaN(a) && math.IsNaN(b) || math.Abs(a-b) <= 1e-9*math.Max(math.Abs(a), math.Abs(b))
}
