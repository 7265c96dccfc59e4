package paper

import (
	"ranksweep/analysis"
	"ranksweep/metrics"
)

// mostPoints is the number of points of a line that can be told apart in print.
const mostPoints = 200

// smoothing averages each run over its last points, as many as make the longest curve about the
// given number of windows long, and keeps at most mostPoints points.
func (v View) smoothing(q metrics.Quantity, windows int) analysis.Smoothing {
	longest := 0
	for _, c := range v.cells {
		for _, r := range c.Runs {
			longest = max(longest, len(curves{quantity: q}.of(r)))
		}
	}
	return analysis.Smoothing{Window: max(1, longest/windows), Stride: (longest + mostPoints - 1) / mostPoints}
}
