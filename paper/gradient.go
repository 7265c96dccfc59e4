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
	return logFigure("gradient-norm", "norm of all adapter gradients before clipping", runs, q, window)
}

// logFigure draws a quantity, which what says in the caption, against steps on a
// logarithmic axis: means without bands of runs smoothed over a window.
func logFigure(name, what string, runs []results.Run, q metrics.Quantity, window int) Figure {
	arms := results.Arms(runs)
	panels, seen := curvePanels(arms, q, noSpread), extent(arms, q)
	var values []float64
	for _, p := range seen {
		values = append(values, p.y)
	}
	setAxes(panels, stepAxis(seen), axis{label: quantityLabel(q), log: true}.over(values...))
	return Figure{
		Name:    name,
		Caption: curveCaption(arms, what, window, noSpread),
		panels:  panels,
		legend:  curveLegend(arms, window, noSpread),
	}
}
