package nn

import "math"

// softcap bounds numbers by c·tanh(z/c) (Gemma 2, arXiv:2408.00118, section 2);
// 0 bounds none.
type softcap float64

// forward bounds z in place.
func (c softcap) forward(z []float32) {
	if c == 0 {
		return
	}
	for i, x := range z {
		z[i] = float32(float64(c) * math.Tanh(float64(x)/float64(c)))
	}
}

// slopes sets d to the derivative 1 − (z/c)² at numbers that were bounded to z.
func (c softcap) slopes(d, z []float32) {
	inv := float32(1 / c)
	for i, x := range z {
		y := x * inv
		d[i] = (1 - y) * (1 + y)
	}
}
