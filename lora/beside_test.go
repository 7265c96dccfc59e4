package lora

import (
	"math"
	"math/rand/v2"
	"testing"

	"gonum.org/v1/gonum/blas/blas32"

	"ranksweep/nn"
	"ranksweep/nn/kernel"
	"ranksweep/nn/nntest"
)

// halfModel returns the small model in bfloat16.
func halfModel(t *testing.T) *nn.Model {
	t.Helper()
	m := nntest.Model(t)
	m.BF16()
	return m
}

// forceHalf gives an adapter of a map in bfloat16 one of its two forms.
func forceHalf(a *Adapter, asMerged bool) {
	if !asMerged {
		forceForm(a, false)
		return
	}
	out, in := a.Base.Out(), a.Base.In()
	a.active = &beside{Adapter: a, delta: nn.NewMatrix(out, in), sums: nn.NewMatrix(out, in)}
}

// halfCase returns an adapter of a map in bfloat16 with random factors, an input and a gradient of its output. The
// entries of B are of the given size, and those of the others of size 1.
func halfCase(t *testing.T, rank, rows int, size float32) (a *Adapter, x, dy blas32.General) {
	t.Helper()
	s, err := Attach(halfModel(t), testConfig(rank), 3)
	check(t, err)
	a = s.Adapters[0]
	rng := rand.New(rand.NewPCG(4, 4))
	x, dy = nn.NewMatrix(rows, a.Base.In()), nn.NewMatrix(rows, a.Base.Out())
	for _, m := range []blas32.General{a.A, a.B, x, dy} {
		for i := range m.Data {
			m.Data[i] = float32(rng.NormFloat64())
		}
	}
	for i := range a.B.Data {
		a.B.Data[i] *= size
	}
	a.Updated()
	return a, x, dy
}

// A rounded is a matrix whose entries count as rounded to bfloat16.
type rounded struct{ blas32.General }

func (m rounded) at(i, j int) float64 {
	x := []float32{m.Data[i*m.Stride+j]}
	kernel.RoundBF16(x)
	return float64(x[0])
}

// of computes Σ_k p(i, k) q(k, j) for i < rows and j < cols.
func productOf(rows, depth, cols int, p, q func(i, j int) float64) blas32.General {
	c := nn.NewMatrix(rows, cols)
	for i := range rows {
		for j := range cols {
			var sum float64
			for k := range depth {
				sum += p(i, k) * q(k, j)
			}
			c.Data[i*c.Stride+j] = float32(sum)
		}
	}
	return c
}

func turned(f func(i, j int) float64) func(i, j int) float64 {
	return func(i, j int) float64 { return f(j, i) }
}

// TestBesideIsItsTwin: the outputs and all gradients are those of products that are written out in float64, of factors
// rounded to bfloat16. Where such a factor is itself a sum, it may be rounded to the other neighbour, 2⁻⁸ away at
// most; and an output has two such products at most.
func TestBesideIsItsTwin(t *testing.T) {
	for _, rank := range []int{1, 7, 40} {
		const n = 9
		a, x, dy := halfCase(t, rank, n, 1)
		forceHalf(a, true)
		out, in, gamma := a.Base.Out(), a.Base.In(), float64(a.gamma)
		w := rounded{a.Base.Weight}.at
		delta := productOf(out, rank, in, rounded{a.B}.at, rounded{a.A}.at)
		for i := range delta.Data {
			delta.Data[i] *= a.gamma
		}
		y, dx := nn.NewMatrix(n, out), nn.NewMatrix(n, in)
		a.Forward(y, x)
		a.Backward(dx, dy, x)

		d := rounded{delta}.at
		wantY := productOf(n, in, out, rounded{x}.at, func(k, j int) float64 { return w(j, k) + d(j, k) })
		sum := nn.NewMatrix(out, in)
		for i := range sum.Data {
			sum.Data[i] = a.Base.Weight.Data[i] + delta.Data[i]
		}
		wantDX := productOf(n, out, in, rounded{dy}.at, rounded{sum}.at)
		dW := rounded{productOf(out, n, in, turned(rounded{dy}.at), rounded{x}.at)}.at
		wantDB := productOf(out, in, rank, dW, turned(rounded{a.A}.at))
		wantDA := productOf(rank, out, in, turned(rounded{a.B}.at), dW)
		for i := range wantDB.Data {
			wantDB.Data[i] *= float32(gamma)
		}
		for i := range wantDA.Data {
			wantDA.Data[i] *= float32(gamma)
		}
		for name, pair := range map[string][2]blas32.General{
			"y": {y, wantY}, "dx": {dx, wantDX}, "dB": {a.dB, wantDB}, "dA": {a.dA, wantDA},
		} {
			if e := difference(pair[0].Data, pair[1].Data); !(e < 0x1p-8) {
				t.Errorf("rank %d: %s differs by %.2g", rank, name, e)
			}
		}
	}
}

// TestHalfFormsAgree: both forms have the output and the gradients of float32 on the same weights. Each factor of a
// product is rounded by 2⁻⁹ of it at most. There are at most three products one after the other, with two roundings
// each; as the roundings are independent, their sum is far below six times that.
func TestHalfFormsAgree(t *testing.T) {
	for _, rank := range []int{1, 7, 40} {
		for _, asMerged := range []bool{false, true} {
			a, x, dy := halfCase(t, rank, 9, 1)
			want, _, _ := halfCase(t, rank, 9, 1)
			want.Base.Changed() // its products are in float32
			forceForm(want, false)
			forceHalf(a, asMerged)
			var y, dx [2]blas32.General
			for i, b := range []*Adapter{a, want} {
				y[i], dx[i] = nn.NewMatrix(9, a.Base.Out()), nn.NewMatrix(9, a.Base.In())
				b.Forward(y[i], x)
				b.Backward(dx[i], dy, x)
			}
			for name, pair := range map[string][2]blas32.General{
				"y": {y[0], y[1]}, "dx": {dx[0], dx[1]}, "dB": {a.dB, want.dB}, "dA": {a.dA, want.dA},
			} {
				if e := difference(pair[0].Data, pair[1].Data); e == 0 || !(e < 0x1p-6) {
					t.Errorf("rank %d, merged %t: %s differs by %.2g", rank, asMerged, name, e)
				}
			}
		}
	}
}

// TestHalfKeepsWhatIsSmall: what B = 2⁻²⁰ adds to the output is there, in both forms, although W + γBA
// would be rounded to W. It is off by three roundings of 2⁻⁹ at most, of A, B and what they give
// together, and by what float32 leaves of it in a sum with xWᵀ, which is less.
func TestHalfKeepsWhatIsSmall(t *testing.T) {
	const rank, n = 7, 9
	for _, asMerged := range []bool{false, true} {
		a, x, _ := halfCase(t, rank, n, 0x1p-20)
		sum := nn.NewMatrix(a.Base.Out(), a.Base.In())
		a.addUp(sum)
		kernel.RoundBF16(sum.Data)
		if e := difference(sum.Data, a.Base.Weight.Data); e != 0 {
			t.Fatalf("W + γBA is not rounded to W: it differs by %.2g", e)
		}
		forceHalf(a, asMerged)
		y, frozen := nn.NewMatrix(n, a.Base.Out()), nn.NewMatrix(n, a.Base.Out())
		a.Forward(y, x)
		a.Base.Forward(frozen, x)
		delta, want := nn.NewMatrix(a.Base.Out(), a.Base.In()), 0.
		a.Delta(delta)
		exact := productOf(n, a.Base.In(), a.Base.Out(), rounded{x}.at, func(k, j int) float64 {
			return float64(delta.Data[j*delta.Stride+k])
		})
		var off float64
		for i, v := range exact.Data {
			want += float64(v) * float64(v)
			off += math.Pow(float64(y.Data[i])-float64(frozen.Data[i])-float64(v), 2)
		}
		if e := math.Sqrt(off / want); !(e < 0x1p-6) {
			t.Errorf("merged %t: the adapter's part is off by %.2g of it", asMerged, e)
		}
	}
}
