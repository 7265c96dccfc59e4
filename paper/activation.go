package paper

import (
	"ranksweep/metrics"
	"ranksweep/results"
)

// activationFigure draws the adapters' outputs on the probe batch against steps,
// as the paper's appendix B.7 looks at activations.
func activationFigure(runs []results.Run) Figure {
	q := metrics.AdapterOutput
	return logFigure("activations", q.Label(), runs, q, 1)
}
