package paper

import (
	"fmt"
	"math"
	"slices"

	"ranksweep/metrics/stats"
	"ranksweep/paper/figure"
	"ranksweep/paper/number"
	"ranksweep/results"
)

// ratesFigure draws the learning rate at which each rank learns best, one line
// a group of arms that differ in their rate alone, with the fitted power of
// rank and the predicted one. There is none unless a best rate lies between
// others that were tried.
func ratesFigure(v View) (f figure.Figure, ok bool) {
	v = v.ranked()
	if len(v.arms) == 0 {
		return f, false
	}
	groups, named := v.byRate()
	var laws []law
	n, edges := counts{low: math.MaxInt}, 0
	for i, g := range groups {
		w := law{label: named.labels[i], color: named.colors[i], source: "claim"}
		var inside map[int][]float64
		w.points, inside = ratePoints(results.BestRates(g))
		for _, q := range w.points {
			seeds := len(inside[int(q.X)])
			n.low, n.high = min(n.low, seeds), max(n.high, seeds)
		}
		w.fit, w.err = results.RateExponent(g)
		edges += w.fit.Excluded
		laws = append(laws, w)
	}
	p, l := lawPanel(laws, "best learning rate")
	f = figure.Figure{Name: "best-rate", Panels: []figure.Panel{p}, Legend: l}
	f.Caption = "The learning rate of the lowest final validation loss against rank, both logarithmic: the geometric mean over seeds, " + seedCount(n) + "." +
		spreadSentence("Bars", n) + " Between rates it is where the parabola through the best one and its neighbours is lowest. " +
		fmt.Sprintf("Left out: %d best rates at an edge of those tried. ", edges) + "Solid lines are the fitted power of rank, with the 95% interval of its exponent over seeds; dashed ones have the slope that is claimed. " +
		v.equal
	return f, n.high > 0
}

// ratePoints are the geometric means over seeds of the best rates at each rank,
// of those that are not at an edge, and these rates by rank.
func ratePoints(best []results.BestRate) (points []figure.Point, inside map[int][]float64) {
	inside = make(map[int][]float64)
	var ranks []int
	for _, b := range best {
		ranks = append(ranks, b.Rank)
		if !b.Edge && number.Finite(b.Rate) {
			inside[b.Rank] = append(inside[b.Rank], math.Log(b.Rate))
		}
	}
	slices.Sort(ranks)
	for _, r := range slices.Compact(ranks) {
		q := spreadPoint(float64(r), stats.MeanInterval(inside[r]), inside[r])
		q.Y, q.Low, q.High = math.Exp(q.Y), math.Exp(q.Low), math.Exp(q.High)
		points = append(points, q)
	}
	return points, inside
}
