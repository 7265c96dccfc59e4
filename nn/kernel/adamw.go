package kernel

// One step of AdamW over a slice.

import "math"

// AdamWStep holds the factors and terms of one step of AdamW.
type AdamWStep struct {
	Beta1, Gain1 float32 // β₁, 1−β₁
	Beta2, Gain2 float32 // β₂, 1−β₂
	Keep         float32 // 1−lr·λ
	Size         float32 // lr/(1−β₁ᵗ)
	Root         float32 // 1/√(1−β₂ᵗ)
	Eps          float32
}

// AdamW moves parameters w along their gradients g, given the mean m and the mean square v
// of earlier gradients:
//
//	m = Beta1 m + Gain1 g
//	v = Beta2 v + Gain2 g²
//	w = Keep w − Size m/d,  d = Root √v + Eps
//
// If d is 0, the quotient is taken as 0. NaN propagates. All slices have one length.
//
// All kernels give the same bytes. With u = 2⁻²⁴ and barring overflow and
// underflow, the errors are to first order at most
//
//	m: 2u M,  v: 3u v,  w: 2u Keep|w| + 10u Size M/d,  M = Beta1|m| + Gain1|g|
func AdamW(w, g, m, v []float32, s AdamWStep) { inUse.adamW(w, g, m, v, s) }

func (u *micro) adamW(w, g, m, v []float32, s AdamWStep) {
	g, m, v = g[:len(w)], m[:len(w)], v[:len(w)]
	for i := u.adamWVectors(w, g, m, v, s); i < len(w); i++ {
		m[i] = float32(s.Beta1*m[i]) + float32(s.Gain1*g[i])
		v[i] = float32(s.Beta2*v[i]) + float32(s.Gain2*g[i]*g[i])
		w[i] = float32(s.Keep * w[i])
		// The test is not d > 0, since a NaN has to propagate.
		if d := float32(float32(math.Sqrt(float64(v[i])))*s.Root) + s.Eps; d != 0 {
			w[i] -= float32(s.Size * (m[i] / d))
		}
	}
}
