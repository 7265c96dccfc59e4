package paper

import (
	"slices"

	"gonum.org/v1/gonum/stat"

	"ranksweep/metrics"
	"ranksweep/results"
)

// mostPoints is how many points of a line can be told apart in print.
const mostPoints = 200

// smooth gives each run the running mean of q over its last window points,
// so that a curve is that many windows long or less, and keeps at most
// mostPoints of them. A curve begins where its window is full; one that is
// shorter than that has one point, at its end.
func smooth(runs []results.Run, q metrics.Quantity, windows int) (smoothed []results.Run, window int) {
	longest := 0
	for _, r := range runs {
		longest = max(longest, len(finitePoints(r, q)))
	}
	window = max(1, longest/windows)
	stride := (longest + mostPoints - 1) / mostPoints
	smoothed = slices.Clone(runs)
	for i, r := range runs {
		smoothed[i].Curve = runningMean(r.Curve, q, window, stride)
	}
	return smoothed, window
}

// runningMean keeps every stride-th point of those that have q.
func runningMean(curve []metrics.Point, q metrics.Quantity, window, stride int) []metrics.Point {
	var points, kept []metrics.Point
	var values []float64
	for _, p := range curve {
		if v := p.Values[q]; finite(v) {
			points, values = append(points, p), append(values, v)
		}
	}
	window = min(window, len(values))
	for i := window - 1; i >= 0 && i < len(points); i += stride {
		p := points[i]
		p.Values[q] = stat.Mean(values[i-window+1:i+1], nil)
		kept = append(kept, p)
	}
	return kept
}
