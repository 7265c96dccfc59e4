package nn_test

import (
	"math/rand/v2"
	"testing"

	"ranksweep/nn"
	"ranksweep/nn/kernel"
)

// BenchmarkGradient is one forward and backward pass of the embedded base's
// shape over 1024 tokens, all weights training.
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
