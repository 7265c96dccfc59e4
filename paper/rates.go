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

// ratesFigure draws the learning rate at which each rank learns best: one line for each group
// of arms that differ only in their rate, with the fitted power of rank and the claimed one.
// There is no figure unless a best rate lies between others that were tried.
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
	f.Caption = "Learning rate with the lowest final validation loss, against rank, on logarithmic axes: geometric " +
		"means over seeds, " + seedCount(n) + "." + spreadSentence("Bars", n) + " The best rate of a seed is the " +
		"lowest point of the parabola through the best rate tried and the two beside it. " +
		fmt.Sprintf("Left out: %d best rates at an edge of those tried. ", edges) +
		fittedLines + " Dashed lines have the claimed slope. " + v.equal
	return f, n.high > 0
}

// ratePoints are the geometric means over seeds of the best rates at each rank, without those
// at an edge. inside has the logarithms of these rates by rank.
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
