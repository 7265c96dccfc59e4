package kernel

import (
	"math"
	"testing"
)

func checkSoftcap(z, y, c float32) error {
	want := float64(c) * math.Tanh(float64(z)/float64(c))
	return within("softcap", y, want, 8*math.Abs(want))
}

var softcapFunction = function{
	slices: 1,
	bytes:  0xdbd443ec,
	run: func(u *micro, x [][]float32, number float32) []float64 {
		u.softcap(x[0], max(number, -number))
		return nil
	},
	check: func(x, y [][]float32, number float32, _ []float64) error {
		for i, z := range x[0] {
			if err := checkSoftcap(z, y[0][i], max(number, -number)); err != nil {
				return err
			}
		}
		return nil
	},
}

func FuzzSoftcap(f *testing.F) { softcapFunction.fuzz(f) }

// TestSoftcapBounds checks the bound at steps of 0.001 up to where tanh is 1, and on both sides
// of the point at which its two forms meet.
func TestSoftcapBounds(t *testing.T) {
	forEachKernel(t, func(t *testing.T, u *micro) {
		var z []float32
		for i := -12000; i <= 12000; i++ {
			z = append(z, float32(i)/1000)
		}
		z = append(z, tanhSmall, math.Nextafter32(tanhSmall, 0))
		y := append([]float32(nil), z...)
		u.softcap(y, 1)
		for i := range z {
			if err := checkSoftcap(z[i], y[i], 1); err != nil {
				t.Errorf("at %g: %v", z[i], err)
			}
		}
	})
}
