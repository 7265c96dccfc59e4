package paper

import (
	"math"
	"slices"

	"ranksweep/analysis"
	"ranksweep/metrics/stats"
	"ranksweep/paper/figure"
)

// ratesFigure draws the learning rate at which each rank learns best: one line for each group
// of arms that differ only in their rate, with the fitted power of rank and the claimed one.
// Without a claim, theory's power is in its place. There is no figure unless a best rate lies
// between others that were tried.
func ratesFigure(v View) (f figure.Figure, ok bool) {
	v = v.ranked()
	if len(v.arms) == 0 {
		return f, false
	}
	groups, named := v.byRate()
	titles := named.lawTitles()
	var laws []law
	n, tried, fitted := counts{low: math.MaxInt}, rateCounts{}, 0
	source, slope := "theory", theorySlope
	if v.wants != "" {
		source, slope = "claim", "the claimed slope"
	}
	for i, g := range groups {
		w := law{label: named.labels[i], panel: titles[i], color: named.colors[i], source: source}
		best := analysis.BestRates(g)
		tried.add(best)
		var inside map[int][]float64
		w.points, inside = ratePoints(best)
		for _, q := range w.points {
			seeds := len(inside[int(q.X)])
			n.low, n.high = min(n.low, seeds), max(n.high, seeds)
			if w.some == nil {
				w.some = make(map[float64]bool)
			}
			if seeds > 0 && seeds < len(slices.DeleteFunc(slices.Clone(best), func(b analysis.BestRate) bool {
				return b.Rank != int(q.X)
			})) {
				w.some[q.X] = true
			}
		}
		w.fit, w.err = analysis.RateExponent(g)
		fitted += w.fit.N
		if v.wants != "" {
			w.fit.Predicted = claimedPower(v.wants, w.fit, g[0])
		}
		laws = append(laws, w)
	}
	panels, l := lawPanels(laws, "best learning rate")
	f = figure.Figure{Name: "best-rate", Panels: panels, Legend: l}
	f.Caption = "Learning rate with the lowest final validation loss, against rank, on logarithmic axes: geometric " +
		"means over seeds, " + seedCount(n) + "." + spreadSentence("Bars", n) + " Bars and the intervals in the " +
		"legend are over seeds, and " +
		"leave out the error from validation. The best rate of a seed is the " +
		"lowest point of the parabola through the best rate tried and the two beside it." + tried.besideText() +
		tried.leftOut(fitted) + " " + fittedLines + dashedLines(laws, slope) + sameMarks(laws) + " " + v.equal
	return f, n.high > 0
}

// ratePoints are the geometric means over seeds of the best rates at each rank, without those
// at an edge. inside has the logarithms of these rates by rank.
func ratePoints(best []analysis.BestRate) (points []figure.Point, inside map[int][]float64) {
	inside = make(map[int][]float64)
	var ranks []int
	for _, b := range best {
		ranks = append(ranks, b.Rank)
		if b.Between() {
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
