package kernel

import (
	"math/rand/v2"
	"testing"
)

func normal(rng *rand.Rand, n int, scale float64) []float32 {
	x := make([]float32, n)
	for i := range x {
		x[i] = float32(scale * rng.NormFloat64())
	}
	return x
}

// BenchmarkVector works on one row of a model of width 256, in the L1 cache.
func BenchmarkVector(b *testing.B) {
	const n, half = 256, 32
	rng := newRand()
	x, y, z := normal(rng, n, 3), normal(rng, n, 1), normal(rng, n, 1)
	out, out2 := make([]float32, n), make([]float32, n)
	w, m, v := make([]float32, n), make([]float32, n), make([]float32, n)
	cos, sin := make([]float32, half), make([]float32, half)
	for i := range cos {
		cos[i], sin[i] = 0.6, 0.8 // a rotation that does not stretch
	}
	functions := []struct {
		name string
		run  func(u *micro)
	}{
		{"Exp", func(u *micro) { u.exp(out, x, 1) }},
		{"SwiGLU", func(u *micro) { u.swiglu(out, x, y) }},
		{"SwiGLUBackward", func(u *micro) { u.swigluBackward(out, out2, z, x, y) }},
		{"GELU", func(u *micro) { u.gelu(out, x) }},
		{"GELUSlope", func(u *micro) { u.geluSlope(out, out2, x) }},
		{"GELUTanh", func(u *micro) { u.geluTanh(out, x) }},
		{"GELUTanhSlope", func(u *micro) { u.geluTanhSlope(out, out2, x) }},
		{"Softmax", func(u *micro) { copy(out, x); u.softmax(out, 1) }},
		{"SoftmaxBackward", func(u *micro) { copy(out, x); copy(out2, y); u.softmaxBackward(out, out2, 9, 1) }},
		{"RMSNorm", func(u *micro) { u.rmsNorm(out, x, y, 1e-5) }},
		{"RMSNormBackward", func(u *micro) { copy(out, x); u.rmsNormBackward(out, z, x, y, 1) }},
		{"Rotate", func(u *micro) {
			for h := 0; h < n; h += 2 * half {
				u.rotate(z[h:h+2*half], cos, sin, 1)
			}
		}},
		{"AdamW", func(u *micro) { u.adamW(w, y, m, v, step(1e-8)) }},
		{"Dot", func(u *micro) { u.dot(x, y) }},
		{"SumSquares", func(u *micro) { u.sumSquares(x) }},
		{"Add", func(u *micro) { copy(out, x); u.add(out, y) }},
		{"Times", func(u *micro) { copy(out, x); u.times(out, y) }},
		{"Softcap", func(u *micro) { copy(out, x); u.softcap(out, 30) }},
		{"Scale", func(u *micro) { u.scale(out, 1) }},
	}
	for _, f := range functions {
		for _, u := range available {
			b.Run(f.name+"/"+u.name, func(b *testing.B) {
				for b.Loop() {
					f.run(u)
				}
				b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(n*b.N), "ns/element")
			})
		}
	}
}
