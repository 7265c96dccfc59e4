package kernel

// Dot products.

// Dot returns Σ xᵢyᵢ; the slices have one length, n.
//
// All kernels give the same bytes. With u = 2⁻²⁴, and barring overflow and underflow, the
// error is to first order at most (⌈n/8⌉+3)u Σ|xᵢyᵢ|: each term is rounded by its product,
// by at most ⌈n/8⌉−1 sums, and by the three sums that fold the partial results.
func Dot(x, y []float32) float32 { return inUse.dot(x, y) }

func (u *micro) dot(x, y []float32) float32 {
	var s [parts]float32
	n := u.dotVectors(&s, x, y)
	x, y = x[n:], y[n:len(x)]
	for i, v := range x {
		s[i%parts] += float32(v * y[i])
	}
	return fold(&s)
}
