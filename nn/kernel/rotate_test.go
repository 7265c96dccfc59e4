package kernel

import (
	"math"
	"testing"
)

var rotateFunction = function{
	slices: 4, // the head's halves, cos, sin
	bytes:  0x1fff55d5,
	run: func(u *micro, x [][]float32, number float32) []float64 {
		head := append(append([]float32(nil), x[0]...), x[1]...)
		u.rotate(head, x[2], x[3], direction(number))
		copy(x[0], head)
		copy(x[1], head[len(x[0]):])
		return nil
	},
	check: func(x, y [][]float32, number float32, _ []float64) error {
		for i, v := range x[0] {
			a, b, cos := float64(v), float64(x[1][i]), float64(x[2][i])
			sin := float64(direction(number) * x[3][i])
			if err := within("lower half", y[0][i], a*cos-b*sin, 2*(math.Abs(a*cos)+math.Abs(b*sin))); err != nil {
				return err
			}
			if err := within("upper half", y[1][i], b*cos+a*sin, 2*(math.Abs(b*cos)+math.Abs(a*sin))); err != nil {
				return err
			}
		}
		return nil
	},
}

func FuzzRotate(f *testing.F) { rotateFunction.fuzz(f) }

// direction is 1 or −1.
func direction(number float32) float32 {
	if math.Signbit(float64(number)) {
		return -1
	}
	return 1
}
