package paper

import (
	"ranksweep/metrics"
	"ranksweep/paper/figure"
)

// gradientFigure draws the norm of all adapter gradients against steps. It has no bands: from
// one batch to the next a norm scatters more than its lines lie apart; and if the norm does
// not depend on rank, the lines coincide.
func gradientFigure(v View) (figure.Figure, bool) {
	k := curves{quantity: metrics.GradNorm, smoothing: v.smoothing(metrics.GradNorm, 100)}
	return k.logFigure(v, "gradient-norm", "norm of all adapter gradients before clipping")
}

// logFigure draws the curves on a logarithmic axis. what names them in the caption.
func (k curves) logFigure(v View, name, what string) (figure.Figure, bool) {
	panels, seen := k.panels(v), k.extent(v)
	var values []float64
	for _, p := range seen {
		values = append(values, p.Y)
	}
	setAxes(panels, stepAxis(seen), figure.Axis{Label: quantityLabel(k.quantity), Log: true}.Over(values...))
	return figure.Figure{Name: name, Caption: k.caption(v, what), Panels: panels, Legend: k.legend(v)}, len(panels) > 0
}
