package recompute

import (
	"math"

	"gonum.org/v1/gonum/mat"
)

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

// left is what the line leaves of y, whose mean alone is taken off where x is one value.
func left(x, y []float64) []float64 {
	level, slope := line(x, y)
	rest := make([]float64, len(y))
	for i := range y {
		rest[i] = y[i] - level - slope*x[i]
	}
	return rest
}

// bend is the coefficient of x² in the least-squares parabola; NaN below three places.
func bend(x, y []float64) float64 {
	places := make(map[float64]bool)
	for _, v := range x {
		places[v] = true
	}
	if len(places) < 3 {
		return nan
	}
	// By the normal equations about the mean of x, which loses little over a few ranks.
	middle := 0.0
	for _, v := range x {
		middle += v / float64(len(x))
	}
	square, right := mat.NewDense(3, 3, nil), mat.NewVecDense(3, nil)
	for i := range x {
		powers := []float64{1, x[i] - middle, (x[i] - middle) * (x[i] - middle)}
		for j, a := range powers {
			right.SetVec(j, right.AtVec(j)+a*y[i])
			for k, b := range powers {
				square.Set(j, k, square.At(j, k)+a*b)
			}
		}
	}
	var solved mat.VecDense
	if solved.SolveVec(square, right) != nil {
		return nan
	}
	return solved.AtVec(2)
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
