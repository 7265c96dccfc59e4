package metrics

import (
	"fmt"
	"math/rand/v2"
	"testing"

	"ranksweep/lora"
	"ranksweep/nn"
	"ranksweep/nn/kernel"
)

// BenchmarkStep is one step of training as in package local, with all its statistics, and the
// parts of that step. It trains adapters on every linear map of a model with the embedded base's
// shape, or the maps' weights themselves, on two sequences of 256 tokens.
func BenchmarkStep(b *testing.B) {
	if err := kernel.Use(); err != nil {
		b.Fatal(err)
	}
	for _, of := range []struct {
		method string
		rank   int
	}{{lora.DefaultMethod, 8}, {lora.DefaultMethod, 64}, {lora.DefaultMethod, 512}, {lora.DefaultMethod, 2048},
		{lora.FullMethod, 0}} {
		s := newStep(b, of.method, of.rank)
		s.gradient() // fills the buffers that the parts read
		for _, part := range []struct {
			name string
			run  func()
		}{{"Whole", s.whole}, {"Gradient", s.gradient}, {"Gauge", s.measure}, {"Probe", s.probe},
			{"Clip", s.clip}, {"AdamW", s.update}} {
			b.Run(fmt.Sprintf("%s/rank%d/%s", of.method, of.rank, part.name), func(b *testing.B) {
				b.ReportAllocs()
				for b.Loop() {
					part.run()
				}
			})
		}
	}
}

// step is the part of a run's state that a step uses.
type step struct {
	b       *testing.B
	set     *lora.Set
	pass    *nn.Pass
	params  []nn.Param
	gauge   *Gauge
	opt     nn.Optimizer
	batch   nn.Batch
	values  Values
	modules []Values
}

func newStep(b *testing.B, method string, rank int) *step {
	b.Helper()
	check := func(err error) {
		b.Helper()
		if err != nil {
			b.Fatal(err)
		}
	}
	const tokens = 256
	m, err := nn.New(nn.Config{
		Vocab: 257, Dim: 256, Layers: 6, Heads: 4, KVHeads: 4, HeadDim: 64, Hidden: 688,
		Context: 512, NormEps: 1e-5, RopeTheta: 10000, TiedHead: true,
	})
	check(err)
	rng := rand.New(rand.NewPCG(1, 1))
	m.Init(rng)
	s := &step{b: b}
	how, _ := lora.MethodNamed(method)
	s.set, err = how.Attach(new(nn.Arena), m, lora.Config{
		Rank: rank, Gamma: 1, Init: lora.Init{Kind: lora.KaimingUniform},
		Targets: []string{"all-linear"}, Tokens: 2 * tokens,
	}, 1)
	check(err)
	s.pass, err = nn.NewPass(m, 2*tokens, s.set.Maps())
	check(err)
	s.params, s.gauge = s.pass.Params(), NewGauge(new(nn.Arena), s.set)
	config, err := nn.DefaultOptimizer("adamw")
	check(err)
	s.opt, err = nn.NewOptimizer(config, s.params)
	check(err)
	s.modules = make([]Values, len(s.set.Trainables))
	for range 2 {
		x, y := make([]int32, tokens), make([]int32, tokens)
		for i := range x {
			x[i], y[i] = int32(rng.IntN(257)), int32(rng.IntN(257))
		}
		s.batch.Append(x, y)
	}
	return s
}

func (s *step) whole() {
	s.gradient()
	s.measure()
	s.clip()
	s.update()
}

func (s *step) gradient() {
	s.pass.ClearGradients(s.params)
	if _, err := s.pass.Gradient(&s.batch, 1./512); err != nil {
		s.b.Fatal(err)
	}
}

func (s *step) measure() { s.gauge.Gradients(&s.values, s.modules) }

// probe measures on the step's own batch, which has as many sequences as runs' probes have by default.
func (s *step) probe() {
	var run Values
	if err := s.gauge.Probe(s.pass, []nn.Batch{s.batch}, &run, s.modules); err != nil {
		s.b.Fatal(err)
	}
}

func (s *step) clip() { nn.ClipGlobalNorm(s.params, 1) }

// update moves the parameters so little that the loss stays the same.
func (s *step) update() {
	s.opt.Step(nn.UniformRate(1e-9))
	s.set.Updated()
}
