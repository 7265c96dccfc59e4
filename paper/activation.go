package paper

import (
	"ranksweep/metrics"
	"ranksweep/paper/figure"
)

// activationFigure draws the adapters' outputs on the probe batch against steps, as the paper's
// appendix B.7 does with activations.
func activationFigure(v View) (figure.Figure, bool) {
	k := curves{quantity: metrics.AdapterOutput}
	return k.logFigure(v, "activations", k.quantity.Label())
}
