package nn

import (
	"math"

	"gonum.org/v1/gonum/blas/blas32"

	"ranksweep/nn/kernel"
)

// rope holds the rotary angles of every position (Su et al. 2021), in the
// rotate-half layout: channel j of a head turns with channel j + D/2.
type rope struct {
	half     int       // D/2
	cos, sin []float32 // (context, D/2)
}

func newRope(c Config) rope {
	r := rope{
		half: c.HeadDim / 2,
		cos:  make([]float32, c.Context*c.HeadDim/2),
		sin:  make([]float32, c.Context*c.HeadDim/2),
	}
	for t := range c.Context {
		for j := range r.half {
			angle := float64(t) * math.Pow(c.RopeTheta, -float64(j)/float64(r.half))
			s, co := math.Sincos(angle)
			r.cos[t*r.half+j], r.sin[t*r.half+j] = float32(co), float32(s)
		}
	}
	return r
}

// rotate turns every head of every row of x, (N, heads·D), by its position's
// angle, in place. Direction 1 is forward; −1 turns back, which is the
// gradient, a rotation being orthogonal.
func (r *rope) rotate(x blas32.General, starts []int, direction float32) {
	for s := 0; s+1 < len(starts); s++ {
		for t := range starts[s+1] - starts[s] {
			cos, sin := r.cos[t*r.half:][:r.half], r.sin[t*r.half:][:r.half]
			xi := row(x, starts[s]+t)
			for ; len(xi) > 0; xi = xi[2*r.half:] {
				kernel.Rotate(xi, cos, sin, direction)
			}
		}
	}
}
