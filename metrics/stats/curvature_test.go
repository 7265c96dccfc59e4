package stats

import (
	"math"
	"testing"
)

// The coefficient of a parabola is found, it is 0 for a line, and two points have none.
func TestCurvature(t *testing.T) {
	at := func(f func(x float64) float64, xs ...float64) (points [][2]float64) {
		for _, x := range xs {
			points = append(points, [2]float64{x, f(x)})
		}
		return points
	}
	parabola := func(x float64) float64 { return 1 - 2*x + 0.3*x*x }
	line := func(x float64) float64 { return 4 - x }
	for _, c := range []struct {
		points [][2]float64
		want   float64
	}{
		{at(parabola, 1, 2, 4, 5), 0.3},
		{at(line, 1, 2, 4), 0},
		{at(parabola, 1, 2, 1), math.NaN()},
		{nil, math.NaN()},
	} {
		got := Curvature(c.points)
		// 1e-9: of a solution by QR in float64
		if math.Abs(got-c.want) > 1e-9 || math.IsNaN(got) != math.IsNaN(c.want) {
			t.Errorf("%v: %g, want %g", c.points, got, c.want)
		}
	}
}
