package kernel

// RMSNorm of one row, forward and backward.

import "math"

// RMSNorm computes one row of RMSNorm (Zhang & Sennrich 2019),
//
//	h = x · inv · w,  inv = 1/√(mean(x²) + ε),
//
// and returns inv; the slices have one length, n.
//
// All kernels give the same bytes. The mean is computed in float64, so that with u = 2⁻²⁴,
// n < 2²⁸ and barring underflow, the relative error is to first order at most u for inv and
// 3u for h.
func RMSNorm(h, x, w []float32, eps float64) float32 { return inUse.rmsNorm(h, x, w, eps) }

func (u *micro) rmsNorm(h, x, w []float32, eps float64) float32 {
	inv := float32(1 / math.Sqrt(u.sumSquares(x)/float64(len(x))+eps))
	u.normalize(h, x, w, inv)
	return inv
}

// normalize sets h = x · inv · w.
func (u *micro) normalize(h, x, w []float32, inv float32) {
	h, w = h[:len(x)], w[:len(x)]
	for i := u.normalizeVectors(h, x, w, inv); i < len(x); i++ {
		h[i] = x[i] * inv * w[i]
	}
}

// RMSNormBackward adds the gradient of x for a row of h = x · inv · w; it computes none for
// w:
//
//	dx += inv (dh∘w − x · inv² · mean(dh∘w∘x))
//
// The slices have one length, n. All kernels give the same bytes. With
// u = 2⁻²⁴ and barring overflow and underflow, the error of dx is to first
// order at most
//
//	u (|dx| + 4 inv|dh∘w| + (⌈n/8⌉+11) inv³ |x| mean|dh∘w∘x|)
func RMSNormBackward(dx, dh, x, w []float32, inv float32) { inUse.rmsNormBackward(dx, dh, x, w, inv) }

func (u *micro) rmsNormBackward(dx, dh, x, w []float32, inv float32) {
	mean := u.dot3(dh, w, x) / float32(len(x)) * inv * inv
	u.normalizeBackward(dx, dh, x, w, inv, mean)
}

// normalizeBackward sets dx += inv (dh∘w − x · mean).
func (u *micro) normalizeBackward(dx, dh, x, w []float32, inv, mean float32) {
	n := len(dx)
	dh, x, w = dh[:n], x[:n], w[:n]
	for i := u.normalizeBackwardVectors(dx, dh, x, w, inv, mean); i < n; i++ {
		dx[i] += float32(inv * (float32(dh[i]*w[i]) - float32(x[i]*mean)))
	}
}

// dot3 returns Σ xᵢyᵢzᵢ.
func (u *micro) dot3(x, y, z []float32) float32 {
	var s [parts]float32
	n := u.dot3Vectors(&s, x, y, z)
	x, y, z = x[n:], y[n:len(x)], z[n:len(x)]
	for i, v := range x {
		s[i%parts] += float32(v * y[i] * z[i])
	}
	return fold(&s)
}
