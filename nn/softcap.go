package nn

// Soft caps of logits and scores, as in Gemma 2.

import "ranksweep/nn/kernel"

// softcap bounds numbers by c·tanh(z/c), one row at a time.
type softcap struct {
	c      float32   // 0: nothing is bounded
	slopes []float32 // derivatives for the current row; nil if nothing is bounded
}

// newSoftcap makes a softcap for rows of at most longest numbers.
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

// keep remembers the derivative 1 − (z/c)² for the bounded numbers z.
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

// backward turns the gradient of the bounded numbers into the gradient of the numbers
// before bounding.
func (s *softcap) backward(dz []float32) {
	if s.c != 0 {
		kernel.Times(dz, s.slopes[:len(dz)])
	}
}
