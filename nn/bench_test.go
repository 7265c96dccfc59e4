package nn_test

import (
	"fmt"
	"math/rand/v2"
	"testing"

	"ranksweep/nn"
	"ranksweep/nn/kernel"
)

// BenchmarkGradient is one forward and backward pass over 1024 tokens with the shape of the
// embedded base model; all weights train.
func BenchmarkGradient(b *testing.B) {
	if err := kernel.Use(); err != nil {
		b.Fatal(err)
	}
	m, err := nn.New(nn.Config{
		Vocab: 257, Dim: 256, Layers: 6, Heads: 4, KVHeads: 4, HeadDim: 64, Hidden: 688,
		Context: 512, NormEps: 1e-5, RopeTheta: 10000, TiedHead: true,
	})
	if err != nil {
		b.Fatal(err)
	}
	rng := rand.New(rand.NewPCG(1, 1))
	m.Init(rng)
	var batch nn.Batch
	for range 2 {
		x, y := make([]int32, 512), make([]int32, 512)
		for i := range x {
			x[i], y[i] = int32(rng.IntN(257)), int32(rng.IntN(257))
		}
		batch.Append(x, y)
	}
	p, err := nn.NewFullPass(m, 1024)
	if err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	for b.Loop() {
		if _, err := p.Gradient(&batch, 1); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(1024*float64(b.N)/b.Elapsed().Seconds(), "tokens/s")
}

// BenchmarkOptimizer is one step of each optimizer over ten million parameters, which fit
// into no cache.
func BenchmarkOptimizer(b *testing.B) {
	const rows, cols = 2500, 4000
	rng := rand.New(rand.NewPCG(1, 2))
	param := nn.Param{Name: "w", Rows: rows, Cols: cols, Value: make([]float32, rows*cols),
		Grad: make([]float32, rows*cols)}
	for i := range param.Value {
		param.Value[i], param.Grad[i] = float32(rng.NormFloat64()), float32(rng.NormFloat64())
	}
	for _, c := range []nn.OptimizerConfig{
		{Name: "sgd"},
		{Name: "sgd", Momentum: 0.9},
		{Name: "adamw", Beta1: 0.9, Beta2: 0.999, Eps: 1e-8},
		{Name: "adafactor"},
		{Name: "lion", Beta1: 0.9, Beta2: 0.99},
		{Name: "signsgd"},
	} {
		b.Run(fmt.Sprintf("%s/momentum=%g", c.Name, c.Momentum), func(b *testing.B) {
			o, err := nn.NewOptimizer(c, []nn.Param{param})
			if err != nil {
				b.Fatal(err)
			}
			for b.Loop() {
				o.Step(nn.UniformRate(1e-6))
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(rows*cols*b.N), "ns/parameter")
		})
	}
}

// BenchmarkMuon is one step over B of an adapter with 1024 outputs, for several ranks: the
// cost per parameter grows with the rank.
func BenchmarkMuon(b *testing.B) {
	if err := kernel.Use(); err != nil {
		b.Fatal(err)
	}
	const rows = 1024
	for _, rank := range []int{8, 64, 512} {
		b.Run(fmt.Sprintf("r=%d", rank), func(b *testing.B) {
			rng := rand.New(rand.NewPCG(1, 3))
			p := nn.Param{Name: "B", Rows: rows, Cols: rank, Value: make([]float32, rows*rank),
				Grad: make([]float32, rows*rank)}
			for i := range p.Grad {
				p.Grad[i] = float32(rng.NormFloat64())
			}
			o, err := nn.NewOptimizer(nn.OptimizerConfig{Name: "muon", Momentum: 0.95}, []nn.Param{p})
			if err != nil {
				b.Fatal(err)
			}
			for b.Loop() {
				o.Step(nn.UniformRate(1e-6))
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(rows*rank*b.N), "ns/parameter")
		})
	}
}
