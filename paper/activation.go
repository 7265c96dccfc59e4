package paper

import (
	"ranksweep/metrics"
	"ranksweep/results"
)

// activationFigure draws the adapters' outputs on the probe batch against steps,
// as the paper's appendix B.7 looks at activations.
func activationFigure(runs []results.Run) Figure {
	q := metrics.AdapterOutput
	arms := results.Arms(runs)
	panels, seen := curvePanels(arms, q, noSpread), extent(arms, q)
	var values []float64
	for _, p := range seen {
		values = append(values, p.y)
	}
	setAxes(panels, stepAxis(seen), axis{label: quantityLabel(q), log: true}.over(values...))
	return Figure{
		Name: "activations", Caption: curveCaption(arms, q.Label(), 1, noSpread),
		panels: panels, legend: curveLegend(arms, 1, noSpread),
	}
}
