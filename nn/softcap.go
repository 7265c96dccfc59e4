package nn

import "ranksweep/nn/kernel"

// softcap bounds numbers by c·tanh(z/c); 0 bounds none.
type softcap float32

// forward bounds z in place.
func (c softcap) forward(z []float32) {
	if c != 0 {
		kernel.Softcap(z, float32(c))
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
