package kernel

import (
	"errors"
	"math"
	"testing"
)

// sumExp returns the largest of x and Σ e^(x−top) in float64.
func sumExp(x []float32) (top, sum float64) {
	top = math.Inf(-1)
	for _, v := range x {
		top = math.Max(top, float64(v))
	}
	for _, v := range x {
		sum += math.Exp(float64(v) - top)
	}
	return top, sum
}

var softmaxFunction = function{
	slices: 1,
	bytes:  0xdb20737a,
	run: func(u *micro, x [][]float32, scale float32) []float64 {
		top, sum := u.softmax(x[0], float64(scale))
		return []float64{float64(top), sum}
	},
	check: func(x, y [][]float32, scale float32, computed []float64) error {
		n := float64(len(x[0]))
		if n == 0 {
			return nil
		}
		top, sum := sumExp(x[0])
		if computed[0] != top {
			return errors.New("top is not the largest")
		}
		if err := within("sum", float32(computed[1]), sum, (3+math.Log(n))*sum); err != nil { // 1 for float32
			return err
		}
		for i, v := range x[0] {
			d := top - float64(v)
			want := float64(scale) * math.Exp(-d) / sum
			bound := (6 + d + math.Log(n)) * math.Abs(want)
			if d > 80 {
				// e^−d may be below the least normal float32.
				bound += 0x1p-125 * math.Abs(float64(scale))
			}
			if err := within("softmax", y[0][i], want, bound); err != nil {
				return err
			}
		}
		return nil
	},
}

func FuzzSoftmax(f *testing.F) { softmaxFunction.fuzz(f) }

// above returns a number that is greater than all of x, as the log-sum-exp of x is.
func above(x []float32) float32 { return portable.largest(x) + 1 }

var softmaxBackwardFunction = function{
	slices: 2,
	bytes:  0xb7153718,
	run: func(u *micro, x [][]float32, delta float32) []float64 {
		u.softmaxBackward(x[0], x[1], above(x[0]), delta)
		return nil
	},
	check: func(x, y [][]float32, delta float32, _ []float64) error {
		lse := float64(above(x[0]))
		for i, v := range x[0] {
			d := float64(v) - lse
			p, slope := math.Exp(d), float64(x[1][i])-float64(delta)
			bound := (2 + math.Abs(d)) * p
			tiny := 0.0
			if d < -80 {
				tiny = 0x1p-125
			}
			if err := within("p", y[0][i], p, bound+tiny); err != nil {
				return err
			}
			if err := within("dx", y[1][i], p*slope, (bound+2*p+tiny)*math.Abs(slope)); err != nil {
				return err
			}
		}
		return nil
	},
}

func FuzzSoftmaxBackward(f *testing.F) { softmaxBackwardFunction.fuzz(f) }

func TestSoftmaxShowsNaN(t *testing.T) {
	inf := float32(math.Inf(1))
	forEachKernel(t, func(t *testing.T, u *micro) {
		for _, broken := range []float32{float32(math.NaN()), inf} {
			for n := 1; n < 20; n++ {
				for at := range n {
					x := make([]float32, n)
					x[at] = broken
					u.softmax(x, 1)
					for i, v := range x {
						if v == v {
							t.Fatalf("%g at %d of %d: element %d is %g, not NaN", broken, at, n, i, v)
						}
					}
				}
			}
		}
		x := []float32{-inf, 0, -inf}
		if u.softmax(x, 1); x[0] != 0 || x[1] != 1 || x[2] != 0 {
			t.Errorf("the softmax of -Inf, 0, -Inf is %g", x)
		}
	})
}
