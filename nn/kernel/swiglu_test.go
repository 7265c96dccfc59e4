package kernel

import (
	"math"
	"testing"
)

// underflown is the amount by which an error may exceed its bound, in units of within, per unit
// of the factors that follow σ. It covers rounding below the smallest normal float32 and, for
// gates below -87, all of σ.
func underflown(gate float64) float64 {
	if gate < -87 {
		return 1e-36 / unit
	}
	return 0x1p-149 / unit
}

func sigmoid64(x float64) float64 { return 1 / (1 + math.Exp(-x)) }

var swigluFunction = function{
	slices: 3, // act, gate, up
	bytes:  0x5313c6f4,
	run: func(u *micro, x [][]float32, _ float32) []float64 {
		u.swiglu(x[0], x[1], x[2])
		return nil
	},
	check: func(x, y [][]float32, _ float32, _ []float64) error {
		for i := range x[0] {
			g, up := float64(x[1][i]), float64(x[2][i])
			act := g * sigmoid64(g) * up
			if err := within("act", y[0][i], act, 6*math.Abs(act)+underflown(g)*math.Abs(up)); err != nil {
				return err
			}
		}
		return nil
	},
}

func FuzzSwiGLU(f *testing.F) { swigluFunction.fuzz(f) }

var swigluBackwardFunction = function{
	slices: 5, // dgate, dup, dact, gate, up
	bytes:  0x27633829,
	run: func(u *micro, x [][]float32, _ float32) []float64 {
		u.swigluBackward(x[0], x[1], x[2], x[3], x[4])
		return nil
	},
	check: func(x, y [][]float32, _ float32, _ []float64) error {
		for i := range x[0] {
			d, g, up := float64(x[2][i]), float64(x[3][i]), float64(x[4][i])
			s := sigmoid64(g)
			dup, slope := d*g*s, 1+math.Abs(g)
			if err := within("dup", y[1][i], dup, 6*math.Abs(dup)+underflown(g)*math.Abs(d)); err != nil {
				return err
			}
			if err := within("dgate", y[0][i], d*up*s*(1+g*(1-s)),
				10*math.Abs(d*up)*s*slope+underflown(g)*(1+math.Abs(d*up))*slope); err != nil {
				return err
			}
		}
		return nil
	},
}

func FuzzSwiGLUBackward(f *testing.F) { swigluBackwardFunction.fuzz(f) }
