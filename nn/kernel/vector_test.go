package kernel

import (
	"encoding/binary"
	"hash/fnv"
	"math"
	"math/rand/v2"
	"slices"
	"testing"
)

// expInputs are bit patterns of all magnitudes, and the edges.
func expInputs() []float32 {
	inf := float32(math.Inf(1))
	x := []float32{0, float32(math.Copysign(0, -1)), inf, -inf, float32(math.NaN()), 88.72283, 88.72284, -87.33654, -103.97, -103.98, math.MaxFloat32, -math.MaxFloat32}
	for bits := uint32(0); bits < 0x43000000; bits += 50021 { // 0x43000000 is 128
		x = append(x, math.Float32frombits(bits), -math.Float32frombits(bits))
	}
	return x
}

func TestExpIsWithinOneUlp(t *testing.T) {
	forEachKernel(t, func(t *testing.T, u *micro) {
		x := expInputs()
		y := make([]float32, len(x))
		u.exp(y, x, 0)
		for i := range x {
			if err := expError(x[i], y[i]); !(err <= 1) {
				t.Errorf("exp(%v) = %v is %.3g units off", x[i], y[i], err)
			}
		}
	})
}

// expError returns how far y is from e^x, in units in the last place of e^x.
func expError(x, y float32) float64 {
	want := math.Exp(float64(x))
	if float32(want) == y || want != want && y != y {
		return 0
	}
	_, e := math.Frexp(want)
	return math.Abs(float64(y)-want) / math.Ldexp(1, max(e-24, -149))
}

func TestExpErrorFindsAWrongValue(t *testing.T) {
	right := float32(math.E)
	wrong := math.Nextafter32(math.Nextafter32(right, 3), 3)
	if expError(1, right) > 1 || expError(1, wrong) <= 1 || expError(float32(math.NaN()), 1) <= 1 {
		t.Error("two units off, or a number in place of NaN, was not noticed")
	}
}

func TestExpShiftsFirst(t *testing.T) {
	forEachKernel(t, func(t *testing.T, u *micro) {
		x := []float32{1, 2, 3, 4, 5, 6, 7, 8, 9}
		u.exp(x, x, 9)
		for i, y := range x {
			if err := expError(float32(i-8), y); !(err <= 1) {
				t.Errorf("exp(%d - 9) = %v", i+1, y)
			}
		}
	})
}

// All kernels must give the same bytes, however many elements are left over
// by whole vectors.
func TestVectorFunctionsGiveTheSameBytes(t *testing.T) {
	rng := newRand()
	inputs := expInputs()
	draw := func(n int) []float32 {
		x := make([]float32, n+1)[1:] // not aligned
		for i := range x {
			x[i] = inputs[rng.IntN(len(inputs))]
		}
		return x
	}
	for n := range 3 * 8 {
		a, b, c := draw(n), draw(n), draw(n)
		var want [][]float32
		for _, u := range available {
			got := [][]float32{draw(n), draw(n), draw(n), draw(n)}
			u.exp(got[0], a, 0.3)
			u.swiglu(got[1], a, b)
			u.swigluBackward(got[2], got[3], c, a, b)
			if want == nil {
				want = got
			}
			for i := range got {
				if !slices.EqualFunc(got[i], want[i], sameOrNaN) {
					t.Fatalf("%d elements: output %d of %s differs from that of %s", n, i, u.name, available[0].name)
				}
			}
		}
	}
}

// sameOrNaN tells whether x and y have the same bits or are both NaN, whose
// payload no one has promised.
func sameOrNaN(x, y float32) bool {
	return math.Float32bits(x) == math.Float32bits(y) || x != x && y != y
}

// What one platform cannot compare with another is held to what was recorded
// on amd64.
func TestVectorFunctionsGiveTheRecordedBytes(t *testing.T) {
	const recorded = 0x82c77867e6b8a10d
	forEachKernel(t, func(t *testing.T, u *micro) {
		a := expInputs()
		b := slices.Concat(a[7:], a[:7])
		c := slices.Concat(a[777:], a[:777])
		var got [4][]float32
		for i := range got {
			got[i] = make([]float32, len(a))
		}
		u.exp(got[0], a, 0.3)
		u.swiglu(got[1], a, b)
		u.swigluBackward(got[2], got[3], c, a, b)
		if sum := checksum(slices.Concat(got[:]...)); sum != recorded {
			t.Errorf("checksum %#x, want %#x", sum, uint64(recorded))
		}
	})
}

// checksum returns a hash of the bits of x, where all NaNs are one.
func checksum(x []float32) uint64 {
	h := fnv.New64a()
	for _, v := range x {
		if v != v {
			v = float32(math.NaN())
		}
		h.Write(binary.LittleEndian.AppendUint32(nil, math.Float32bits(v)))
	}
	return h.Sum64()
}

// The tolerances are the bounds stated at the functions.
func TestSwiGLU(t *testing.T) {
	const n = 5000
	rng := newRand()
	act, gate, up := make([]float32, n), make([]float32, n), normal(rng, n, 1)
	dgate, dup, dact := make([]float32, n), make([]float32, n), normal(rng, n, 1)
	for i := range gate {
		gate[i] = float32(174*rng.Float64() - 87)
	}
	SwiGLU(act, gate, up)
	SwiGLUBackward(dgate, dup, dact, gate, up)
	for i := range gate {
		g, v, d := float64(gate[i]), float64(up[i]), float64(dact[i])
		s := 1 / (1 + math.Exp(-g))
		for _, c := range []struct {
			name            string
			got             float32
			want, uncertain float64
		}{
			{"act", act[i], g * s * v, 6 * math.Abs(g*s*v)},
			{"dgate", dgate[i], d * v * s * (1 + g*(1-s)), 10 * math.Abs(d*v) * s * (1 + math.Abs(g))},
			{"dup", dup[i], d * g * s, 6 * math.Abs(d*g*s)},
		} {
			if diff := math.Abs(float64(c.got) - c.want); !(diff <= unit*c.uncertain+0x1p-149) {
				t.Fatalf("%s at gate %v, up %v, dact %v: got %v, want %v", c.name, g, v, d, c.got, c.want)
			}
		}
	}
}

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
		cos[i], sin[i] = 0.6, 0.8 // turns and does not stretch
	}
	functions := []struct {
		name string
		run  func(u *micro)
	}{
		{"Exp", func(u *micro) { u.exp(out, x, 1) }},
		{"SwiGLU", func(u *micro) { u.swiglu(out, x, y) }},
		{"SwiGLUBackward", func(u *micro) { u.swigluBackward(out, out2, z, x, y) }},
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
