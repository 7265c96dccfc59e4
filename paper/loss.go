package paper

import (
	"slices"

	"ranksweep/metrics"
	"ranksweep/results"
)

// lossFigure draws the validation loss against steps, or, where that was not
// followed, a running mean of the training loss.
func lossFigure(runs []results.Run) Figure {
	q, window := metrics.ValLoss, 1
	if !slices.ContainsFunc(runs, func(r results.Run) bool { return len(finitePoints(r, q)) > 1 }) {
		q = metrics.TrainLoss
		runs, window = smooth(runs, q, 20)
	}
	arms := results.Arms(runs)
	panels, seen := curvePanels(arms, q, band), extent(arms, q)
	values, cut := withoutTransient(seen)
	values = withBands(values, panels)
	setAxes(panels, stepAxis(seen), axis{label: quantityLabel(q)}.over(values...))
	caption := curveCaption(arms, q.Label(), window, band)
	if cut {
		caption += " The first tenth of the steps leaves the panels at the top."
	}
	return Figure{Name: "loss", Caption: caption, panels: panels, legend: curveLegend(arms, window, band)}
}

// withBands adds the ends of bands to the values that an axis must hold, unless
// they would more than double it: then they leave the panels.
func withBands(values []float64, panels []panel) []float64 {
	all := slices.Clone(values)
	for _, p := range panels {
		for _, s := range p.series {
			for _, pt := range s.points {
				if s.spread == band && pt.hasSpread() {
					all = append(all, pt.low, pt.high)
				}
			}
		}
	}
	if wide, narrow := (axis{}).over(all...), (axis{}).over(values...); wide.max-wide.min > 2*(narrow.max-narrow.min) {
		return values
	}
	return all
}

// withoutTransient are the values of points, those of the first tenth of the
// steps left out where they would take more than two thirds of the axis: the
// differences that matter come later.
func withoutTransient(points []point) (values []float64, cut bool) {
	last := 0.0
	for _, p := range points {
		last = max(last, p.x)
	}
	var later []float64
	for _, p := range points {
		values = append(values, p.y)
		if p.x >= last/10 {
			later = append(later, p.y)
		}
	}
	if all, rest := (axis{}).over(values...), (axis{}).over(later...); all.max-all.min > 3*(rest.max-rest.min) {
		return later, true
	}
	return values, false
}
