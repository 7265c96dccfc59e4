package paper

import (
	"ranksweep/metrics"
	"ranksweep/results"
)

// mostPoints is how many points of a line can be told apart in print.
const mostPoints = 200

// smoothing averages each run over a window of its last points, so that a curve is so
// many windows long or less, and keeps at most mostPoints.
func (v View) smoothing(q metrics.Quantity, windows int) results.Smoothing {
	longest := 0
	for _, c := range v.cells {
		for _, r := range c.Runs {
			longest = max(longest, len(curves{quantity: q}.of(r)))
		}
	}
	return results.Smoothing{Window: max(1, longest/windows), Stride: (longest + mostPoints - 1) / mostPoints}
}
