package kernel

import (
	"math"
	"slices"
	"testing"
)

// step returns the third step at the usual settings, with a decay.
func step(eps float32) AdamWStep {
	return AdamWStep{Beta1: 0.9, Gain1: 0.1, Beta2: 0.999, Gain2: 0.001, Keep: 0.99, Size: 0.037, Root: 18.3, Eps: eps}
}

var adamWFunction = function{
	slices: 4, // w, g, m, v
	bytes:  0xd3283890,
	run: func(u *micro, x [][]float32, eps float32) []float64 {
		u.adamW(x[0], x[1], x[2], x[3], step(eps))
		return nil
	},
	check: func(before, after [][]float32, eps float32, _ []float64) error {
		s := step(eps)
		for i := range before[0] {
			w, g, m, v := float64(before[0][i]), float64(before[1][i]), float64(before[2][i]), float64(before[3][i])
			size := math.Abs(float64(s.Beta1)*m) + math.Abs(float64(s.Gain1)*g)
			m = float64(s.Beta1)*m + float64(s.Gain1)*g
			if err := within("m", after[2][i], m, 2*size); err != nil {
				return err
			}
			if v < 0 || eps < 0 {
				continue // no mean square, no ε
			}
			v = float64(s.Beta2)*v + float64(s.Gain2)*g*g
			if err := within("v", after[3][i], v, 3*v); err != nil {
				return err
			}
			d := math.Sqrt(v)*float64(s.Root) + float64(eps)
			keep, lr := float64(s.Keep)*w, float64(s.Size)
			if err := within("w", after[0][i], keep-lr*m/d, 2*math.Abs(keep)+10*lr*size/d); err != nil {
				return err
			}
		}
		return nil
	},
}

func FuzzAdamW(f *testing.F) { adamWFunction.fuzz(f) }

// If all gradients were 0 and ε is 0, a parameter only decays and does not become NaN. A NaN in
// a gradient or in the parameter propagates.
func TestAdamWOfNothing(t *testing.T) {
	nan := float32(math.NaN())
	forEachKernel(t, func(t *testing.T, u *micro) {
		for n := range 20 {
			w, g, m, v := make([]float32, n), make([]float32, n), make([]float32, n), make([]float32, n)
			for i := range w {
				w[i] = 1
			}
			u.adamW(w, g, m, v, step(0))
			if slices.ContainsFunc(w, func(x float32) bool { return x != 0.99 }) {
				t.Fatalf("%d parameters that decay by 0.99 are %g", n, w)
			}
			for i := range w {
				g[i] = nan
			}
			u.adamW(w, g, m, v, step(0))
			if slices.ContainsFunc(w, func(x float32) bool { return x == x }) {
				t.Fatalf("gradients of NaN leave %g", w)
			}
		}
	})
}
