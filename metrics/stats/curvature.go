package stats

import (
	"math"

	"gonum.org/v1/gonum/mat"
)

// Curvature returns the coefficient c of the least-squares parabola y = a + bx + cx² through
// points (x, y); NaN for fewer than three different x.
func Curvature(points [][2]float64) float64 {
	different := make(map[float64]bool)
	design, y := mat.NewDense(max(1, len(points)), 3, nil), mat.NewVecDense(max(1, len(points)), nil)
	for i, p := range points {
		different[p[0]] = true
		design.SetRow(i, []float64{1, p[0], p[0] * p[0]})
		y.SetVec(i, p[1])
	}
	if len(different) < 3 {
		return math.NaN()
	}
	var c mat.VecDense
	if err := c.SolveVec(design, y); err != nil {
		return math.NaN()
	}
	return c.AtVec(2)
}
