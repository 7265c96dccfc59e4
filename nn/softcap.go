package nn

// Soft caps of logits and scores, as Gemma 2 has them.

import "ranksweep/nn/kernel"

// softcap bounds rows of numbers by c·tanh(z/c), one at a time.
type softcap struct {
	c      float32   // 0 bounds none
	slopes []float32 // of the row at hand; nil where none is bounded
}

// newSoftcap bounds rows of at most longest numbers.
func newSoftcap(arena *Arena, c float64, longest int) softcap {
	s := softcap{c: float32(c)}
	if s.c != 0 {
		s.slopes = arena.Floats(longest)
	}
	return s
}

// forward bounds z in place.
func (s *softcap) forward(z []float32) {
	if s.c != 0 {
		kernel.Softcap(z, s.c)
	}
}

// keep remembers the derivative 1 − (z/c)² at numbers that were bounded to z.
func (s *softcap) keep(z []float32) {
	if s.c == 0 {
		return
	}
	inv := 1 / s.c
	for i, x := range z {
		y := x * inv
		s.slopes[i] = (1 - y) * (1 + y)
	}
}

// backward turns the gradient of what was kept into that before the bound.
func (s *softcap) backward(dz []float32) {
	if s.c != 0 {
		kernel.Times(dz, s.slopes[:len(dz)])
	}
}
