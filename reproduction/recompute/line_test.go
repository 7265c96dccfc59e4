package recompute

import "math"

// line is the least-squares line y = level + slope·x.
func line(x, y []float64) (level, slope float64) {
	n, sx, sy := float64(len(x)), 0.0, 0.0
	for i := range x {
		sx, sy = sx+x[i], sy+y[i]
	}
	sxx, sxy := 0.0, 0.0
	for i := range x {
		sxx += (x[i] - sx/n) * (x[i] - sx/n)
		sxy += (x[i] - sx/n) * (y[i] - sy/n)
	}
	if sxx > 0 {
		slope = sxy / sxx
	}
	return sy/n - slope*sx/n, slope
}

// left is what a line leaves of y; if x has a single value, it is y minus its mean.
func left(x, y []float64) []float64 {
	level, slope := line(x, y)
	rest := make([]float64, len(y))
	for i := range y {
		rest[i] = y[i] - level - slope*x[i]
	}
	return rest
}

// bend is the coefficient of x² in the least-squares parabola; NaN for fewer than three values
// of x.
func bend(x, y []float64) float64 {
	places := make(map[float64]bool)
	for _, v := range x {
		places[v] = true
	}
	if len(places) < 3 {
		return nan
	}
	// The coefficient is the slope between what lines leave of y and of x².
	squares := make([]float64, len(x))
	for i, v := range x {
		squares[i] = v * v
	}
	_, slope := line(left(x, squares), left(x, y))
	return slope
}

func meanSquare(xs []float64) float64 {
	sum := 0.0
	for _, x := range xs {
		sum += x * x
	}
	return sum / float64(len(xs))
}

// hasLog reports whether a value has a logarithm.
func hasLog(v float64) bool { return v > 0 && !math.IsInf(v, 1) }
