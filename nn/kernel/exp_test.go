package kernel

import (
	"fmt"
	"math"
	"testing"
)

// expInputs are bit patterns of all magnitudes, and the edges.
func expInputs() []float32 {
	inf := float32(math.Inf(1))
	x := []float32{0, float32(math.Copysign(0, -1)), inf, -inf, float32(math.NaN()), 88.72283, 88.72284, -87.33654,
		-103.97, -103.98, math.MaxFloat32, -math.MaxFloat32}
	for bits := uint32(0); bits < 0x43000000; bits += 50021 { // 0x43000000 is 128
		x = append(x, math.Float32frombits(bits), -math.Float32frombits(bits))
	}
	return x
}

func TestExpIsWithinOneUlp(t *testing.T) {
	forEachKernel(t, func(t *testing.T, u *micro) {
		x := expInputs()
		y := make([]float32, len(x))
		u.exp(y, x, 0)
		for i := range x {
			if err := expError(x[i], y[i]); !(err <= 1) {
				t.Errorf("exp(%v) = %v is %.3g units off", x[i], y[i], err)
			}
		}
	})
}

// expError returns how far y is from e^x, in units in the last place of e^x.
func expError(x, y float32) float64 {
	want := math.Exp(float64(x))
	if float32(want) == y || want != want && y != y {
		return 0
	}
	_, e := math.Frexp(want)
	return math.Abs(float64(y)-want) / math.Ldexp(1, max(e-24, -149))
}

func TestExpErrorFindsAWrongValue(t *testing.T) {
	right := float32(math.E)
	wrong := math.Nextafter32(math.Nextafter32(right, 3), 3)
	if expError(1, right) > 1 || expError(1, wrong) <= 1 || expError(float32(math.NaN()), 1) <= 1 {
		t.Error("two units off, or a number in place of NaN, was not noticed")
	}
}

var expFunction = function{
	slices: 1,
	bytes:  0xfaa95520,
	run: func(u *micro, x [][]float32, shift float32) []float64 {
		u.exp(x[0], x[0], shift)
		return nil
	},
	check: func(x, y [][]float32, shift float32, _ []float64) error {
		for i, v := range x[0] {
			if err := expError(v-shift, y[0][i]); !(err <= 1) {
				return fmt.Errorf("exp(%v) = %v is %.3g units off", v-shift, y[0][i], err)
			}
		}
		return nil
	},
}

func FuzzExp(f *testing.F) { expFunction.fuzz(f) }

func TestExpShiftsFirst(t *testing.T) {
	forEachKernel(t, func(t *testing.T, u *micro) {
		x := []float32{1, 2, 3, 4, 5, 6, 7, 8, 9}
		u.exp(x, x, 9)
		for i, y := range x {
			if err := expError(float32(i-8), y); !(err <= 1) {
				t.Errorf("exp(%d - 9) = %v", i+1, y)
			}
		}
	})
}
