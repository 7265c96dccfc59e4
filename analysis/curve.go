package analysis

import (
	"math"
	"slices"

	"gonum.org/v1/gonum/stat"

	"ranksweep/metrics"
	"ranksweep/metrics/stats"
	"ranksweep/results"
)

// Smoothing says how a run's curve is smoothed and thinned before it is averaged or drawn:
// each point becomes the mean of the last Window points, and every Stride-th of these is
// kept. The zero value leaves curves as they are.
type Smoothing struct{ Window, Stride int }

// Of returns the curve of q, smoothed, without points whose value is absent or infinite.
// The smoothed curve begins at the first full window; a curve shorter than the window
// gives one point, at its end.
func (s Smoothing) Of(curve []metrics.Point, q metrics.Quantity) []metrics.Point {
	var points, kept []metrics.Point
	var values []float64
	for _, p := range curve {
		if v := p.Values[q]; !math.IsNaN(v) && (s.Window == 0 || !math.IsInf(v, 0)) {
			points, values = append(points, p), append(values, v)
		}
	}
	if s.Window == 0 {
		return points
	}
	window := min(s.Window, len(values))
	for i := window - 1; i >= 0 && i < len(points); i += s.Stride {
		p := points[i]
		p.Values[q] = stat.Mean(values[i-window+1:i+1], nil)
		kept = append(kept, p)
	}
	return kept
}

// CurvePoint is the mean over a cell's seeds at one step.
type CurvePoint struct {
	Step  int
	Seeds []float64 // the values that are averaged
	stats.Interval
}

// Curve smooths q of each of the cell's done runs and returns the mean over them at each
// step that has a value, in order of step.
func (c Cell) Curve(q metrics.Quantity, s Smoothing) []CurvePoint {
	var points []metrics.Point
	for _, r := range c.Runs {
		if r.Status == results.Done {
			points = append(points, s.Of(r.Curve, q)...)
		}
	}
	slices.SortStableFunc(points, func(a, b metrics.Point) int { return a.Step - b.Step })
	var curve []CurvePoint
	for len(points) > 0 {
		p := CurvePoint{Step: points[0].Step}
		for len(points) > 0 && points[0].Step == p.Step {
			p.Seeds = append(p.Seeds, points[0].Values[q])
			points = points[1:]
		}
		p.Interval = stats.MeanInterval(p.Seeds)
		curve = append(curve, p)
	}
	return curve
}
