package paper

import (
	"fmt"
	"math"
	"slices"

	"ranksweep/metrics/stats"
	"ranksweep/results"
)

// ratesFigure draws the learning rate at which each rank learns best, one line
// a group of arms that differ in their rate alone, with the fitted power of
// rank and the predicted one. There is none unless a best rate lies between
// others that were tried.
func ratesFigure(runs []results.Run) (f Figure, ok bool) {
	arms := ranked(results.Arms(runs))
	if len(arms) == 0 {
		return f, false
	}
	groups := results.RateGroups(arms)
	named := heads(groups)
	labels, colors := armLabels(named), armColors(named)
	var laws []law
	n, edges := counts{low: math.MaxInt}, 0
	for i, g := range groups {
		w := law{label: labels[i], color: colors[i], source: "claim"}
		var inside map[int][]float64
		w.points, inside = ratePoints(results.BestRates(g))
		for _, q := range w.points {
			seeds := len(inside[int(q.x)])
			n.low, n.high = min(n.low, seeds), max(n.high, seeds)
		}
		w.fit, w.err = results.RateExponent(g)
		edges += w.fit.Excluded
		laws = append(laws, w)
	}
	p, l := lawPanel(laws, "best learning rate")
	f = Figure{Name: "best-rate", panels: []panel{p}, legend: l}
	f.Caption = "The learning rate of the lowest final validation loss against rank, both logarithmic: the geometric mean over seeds, " + seedCount(n) + "." +
		spreadSentence("Bars", n) + " Between rates it is where the parabola through the best one and its neighbours is lowest. " +
		fmt.Sprintf("Left out: %d best rates at an edge of those tried. ", edges) + "Solid lines are the fitted power of rank, with the 95% interval of its exponent over seeds; dashed ones have the slope that is claimed. " +
		heldEqual(arms)
	return f, n.high > 0
}

// heads are the first arms of groups.
func heads(groups [][]results.Arm) (first []results.Arm) {
	for _, g := range groups {
		first = append(first, g[0])
	}
	return first
}

// ratePoints are the geometric means over seeds of the best rates at each rank,
// of those that are not at an edge, and these rates by rank.
func ratePoints(best []results.BestRate) (points []point, inside map[int][]float64) {
	inside = make(map[int][]float64)
	var ranks []int
	for _, b := range best {
		ranks = append(ranks, b.Rank)
		if !b.Edge && finite(b.Rate) {
			inside[b.Rank] = append(inside[b.Rank], math.Log(b.Rate))
		}
	}
	slices.Sort(ranks)
	for _, r := range slices.Compact(ranks) {
		q := spreadPoint(float64(r), stats.MeanInterval(inside[r]), inside[r])
		q.y, q.low, q.high = math.Exp(q.y), math.Exp(q.low), math.Exp(q.high)
		points = append(points, q)
	}
	return points, inside
}
