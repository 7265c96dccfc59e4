package lora

import (
	"math/rand/v2"
	"slices"
	"testing"

	"gonum.org/v1/gonum/blas"
	"gonum.org/v1/gonum/blas/blas32"

	"ranksweep/nn"
	"ranksweep/nn/kernel"
	"ranksweep/nn/nntest"
)

// naiveProbe measures an adapter on probeBlock rows at a time, with all of its rank in each product.
func naiveProbe(a *Adapter, y, dx, x, dy blas32.General) (seen Probed) {
	a.Base.Forward(y, x)
	a.Base.Backward(dx, dy)
	for at := 0; at < x.Rows; at += probeBlock {
		n := min(probeBlock, x.Rows-at)
		u, out, in := nn.NewMatrix(n, a.Rank()), nn.NewMatrix(n, y.Cols), nn.NewMatrix(n, x.Cols)
		blas32.Gemm(blas.NoTrans, blas.Trans, 1, rows(x, at, n), a.A, 0, u)
		blas32.Gemm(blas.NoTrans, blas.Trans, a.gamma, u, a.B, 0, out)
		seen.Output.Add(out.Data)
		kernel.Add(rows(y, at, n).Data, out.Data)
		seen.Map.Add(rows(y, at, n).Data)
		blas32.Gemm(blas.NoTrans, blas.NoTrans, 1, rows(dy, at, n), a.B, 0, u)
		blas32.Gemm(blas.NoTrans, blas.NoTrans, a.gamma, u, a.A, 0, in)
		seen.InputDX.Add(in.Data)
		kernel.Add(rows(dx, at, n).Data, in.Data)
	}
	return seen
}

// TestProbeIsTheNaiveOne to the bit, whatever its blocks are: at small ranks, at ranks of several parts, and with a
// gradient's memory that is larger and smaller than a block.
func TestProbeIsTheNaiveOne(t *testing.T) {
	defer blas32.Use(blas32.Implementation())
	check(t, kernel.Use())
	m, err := nn.New(nn.Config{
		Vocab: 17, Dim: 150, Layers: 1, Heads: 2, KVHeads: 1, HeadDim: 40, Hidden: 270, Context: 500, NormEps: 1e-5,
		RopeTheta: 100,
	})
	check(t, err)
	rng := rand.New(rand.NewPCG(7, 46))
	for _, tensor := range m.Tensors() {
		nntest.Fill(tensor.Data, rng)
	}
	const tokens = 333
	for _, rank := range []int{3, 256, 257, 1100} {
		c := testConfig(rank)
		c.Tokens = tokens
		s, err := Attach(m, c, 1)
		check(t, err)
		for _, a := range s.Adapters {
			nntest.Fill(a.B.Data, rng)
			x, dy := nn.NewMatrix(tokens, a.Base.In()), nn.NewMatrix(tokens, a.Base.Out())
			nntest.Fill(x.Data, rng)
			nntest.Fill(dy.Data, rng)
			y, dx := nn.NewMatrix(tokens, a.Base.Out()), nn.NewMatrix(tokens, a.Base.In())
			gotY, gotDX := nn.NewMatrix(tokens, a.Base.Out()), nn.NewMatrix(tokens, a.Base.In())
			want := naiveProbe(a, y, dx, x, dy)
			a.SetMode(Probe)
			a.Forward(gotY, x)
			a.Backward(gotDX, dy, x)
			same := slices.Equal(gotY.Data, y.Data) && slices.Equal(gotDX.Data, dx.Data)
			if got := a.Probed(); got != want || !same {
				t.Errorf("rank %d, %s: %v, want %v; the same outputs: %t", rank, a.Base.Name, got, want, same)
			}
		}
	}
}
