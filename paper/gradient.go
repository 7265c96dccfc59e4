package paper

import (
	"ranksweep/metrics"
	"ranksweep/results"
)

// gradientFigure draws the norm of all adapter gradients against steps. It has
// no bands: from one batch to the next a norm scatters by more than its lines
// lie apart, or they coincide, as they should where it is free of rank.
func gradientFigure(runs []results.Run) Figure {
	q := metrics.GradNorm
	runs, window := smooth(runs, q, 100)
	arms := results.Arms(runs)
	panels, seen := curvePanels(arms, q, noSpread), extent(arms, q)
	var values []float64
	for _, p := range seen {
		values = append(values, p.y)
	}
	setAxes(panels, stepAxis(seen), axis{label: quantityLabel(q), log: true}.over(values...))
	return Figure{
		Name:    "gradient-norm",
		Caption: curveCaption(arms, "norm of all adapter gradients before clipping", window, noSpread),
		panels:  panels,
		legend:  curveLegend(arms, window, noSpread),
	}
}
