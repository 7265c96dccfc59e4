package nn

import (
	"math/rand/v2"
	"testing"

	"gonum.org/v1/gonum/blas/blas32"

	"ranksweep/nn/kernel"
)

// layerTokens are eight sequences of 256 tokens.
const layerTokens = 8 * 256

var (
	layerStarts = []int{0, 256, 512, 768, 1024, 1280, 1536, 1792, 2048}
	layerConfig = Config{
		Vocab: 4096, Dim: 256, Layers: 1, Heads: 4, KVHeads: 4, HeadDim: 64, Hidden: 688,
		Context: 256, NormEps: 1e-5, RopeTheta: 10000, TiedHead: true,
	}
)

// rate runs f and reports its rate, given its tokens and its operations in matrix products.
func rate(b *testing.B, flops float64, f func()) {
	b.Helper()
	if err := kernel.Use(); err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	for b.Loop() {
		f()
	}
	nanoseconds := float64(b.Elapsed().Nanoseconds()) / float64(b.N)
	b.ReportMetric(nanoseconds/layerTokens, "ns/token")
	if flops > 0 {
		b.ReportMetric(flops/nanoseconds, "GFLOPS")
	}
}

// BenchmarkAttention counts only half of each T×T product, since the other half is masked:
// two products forward and five backward.
func BenchmarkAttention(b *testing.B) {
	c, rng, arena := layerConfig, rand.New(rand.NewPCG(1, 1)), new(Arena)
	a, in, d := newAttention(arena, c), newProjection(arena, c, layerTokens), newProjection(arena, c, layerTokens)
	for _, m := range in.outputs {
		fillNormal(m.Data, 1, rng)
	}
	byHead := func(m blas32.General) heads { return heads{m, 0, c.HeadDim, c.Heads, c.HeadDim} }
	att, datt := byHead(NewMatrix(layerTokens, c.Dim)), byHead(random(layerTokens, c.Dim, rng))
	lse := make([]float32, layerTokens*c.Heads)
	product := float64(layerTokens * c.Context * c.Dim)
	f := attentionForward{&a, att, lse, &in, layerStarts, 0}
	g := attentionBackward{f, &d, datt}
	b.Run("forward", func(b *testing.B) {
		rate(b, 2*product, func() { f.Do(0, f.items()) })
	})
	b.Run("backward", func(b *testing.B) {
		f.Do(0, f.items())
		rate(b, 5*product, func() { d.clear(layerTokens); g.Do(0, g.items()) })
	})
}

// BenchmarkHead is the output map with its loss, every position scored.
func BenchmarkHead(b *testing.B) {
	rng := rand.New(rand.NewPCG(1, 2))
	m, err := New(layerConfig)
	if err != nil {
		b.Fatal(err)
	}
	m.Init(rng)
	p, err := NewPass(m, layerTokens, nil)
	if err != nil {
		b.Fatal(err)
	}
	fillNormal(p.h.Data, 1, rng)
	p.n = layerTokens
	var batch Batch
	for range len(layerStarts) - 1 {
		tokens := make([]int32, m.Config.Context)
		for i := range tokens {
			tokens[i] = int32(rng.IntN(m.Config.Vocab))
		}
		batch.Append(tokens, tokens)
	}
	product := 2 * float64(layerTokens*m.Config.Vocab*m.Config.Dim)
	for _, part := range []struct {
		name     string
		scale    float32
		products float64
	}{{"loss", 0, 1}, {"gradient", 1. / layerTokens, 2}} {
		b.Run(part.name, func(b *testing.B) {
			rate(b, part.products*product, func() { p.head.loss(p, &batch, part.scale) })
		})
	}
}

// BenchmarkElementwise is the work between the products of a block.
func BenchmarkElementwise(b *testing.B) {
	c, rng, arena := layerConfig, rand.New(rand.NewPCG(1, 3)), new(Arena)
	h, dx := NewMatrix(layerTokens, c.Dim), NewMatrix(layerTokens, c.Dim)
	x, dh := random(layerTokens, c.Dim, rng), random(layerTokens, c.Dim, rng)
	dact := random(layerTokens, c.Hidden, rng)
	norm := newActivation(arena, c, layerTokens, newNorm(c, "norm"))
	fillNormal(norm.x.Data, 1, rng)
	gated, dgated := newFeed(arena, c, layerTokens), newFeed(arena, c, layerTokens)
	act := NewMatrix(layerTokens, c.Hidden)
	fillNormal(gated.gate.Data, 1, rng)
	fillNormal(gated.up.Data, 1, rng)
	turn := newRope(arena, c)
	normed, back := normForward{norm, blas32.General{}, h, c.NormEps}, normBackward{norm, dx, dh, nil}
	activated, slopes := activationForward{SiLU, act, &gated}, activationBackward{SiLU, &dgated, dact, &gated}
	turned := rotation{&turn, heads{x, 0, c.HeadDim, c.Heads, c.HeadDim}, layerStarts, 1}
	normed.Do(0, h.Rows)
	for _, f := range []struct {
		name string
		run  func()
	}{
		{"norm/forward", func() { normed.Do(0, h.Rows) }},
		{"norm/backward", func() { clear(dx.Data); back.Do(0, dx.Rows) }},
		{"swiglu/forward", func() { activated.Do(0, act.Rows) }},
		{"swiglu/backward", func() { slopes.Do(0, dact.Rows) }},
		{"rope", func() { turned.Do(0, layerTokens) }},
	} {
		b.Run(f.name, func(b *testing.B) { rate(b, 0, f.run) })
	}
}
