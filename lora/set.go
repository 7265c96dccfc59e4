package lora

import (
	"errors"
	"fmt"
	"math/rand/v2"

	"gonum.org/v1/gonum/blas/blas32"

	"ranksweep/nn"
	"ranksweep/paper/number"
)

// Config says which maps get adapters, and of what kind.
type Config struct {
	Rank    int
	Gamma   float64 // γ_r, see [Scheme]
	Init    Init
	Targets []string // see [Targets]
	Dropout float64  // probability that an entry of an adapter's input is dropped in training
	Tokens  int      // the most tokens in a batch: sizes buffers and chooses the form

	// Of LoKr. DecomposeFactor is the first factor of each width, or 0; see [factorize].
	// DecomposeBoth makes the first matrix of the two a product of rank r too.
	DecomposeFactor int
	DecomposeBoth   bool

	Budget Budget // of AdaLoRA

	fixedA bool // A does not train
}

func (c Config) validate() error {
	switch {
	case c.Rank < 1:
		return fmt.Errorf("lora: rank %d: must be at least 1", c.Rank)
	case !(c.Dropout >= 0 && c.Dropout < 1):
		return fmt.Errorf("lora: dropout %s: must be at least 0 and below 1", number.Full(c.Dropout))
	case c.Tokens < 1:
		return fmt.Errorf("lora: batches of %d tokens: must be at least 1", c.Tokens)
	}
	return c.Init.validate()
}

// targets returns the maps of m that c puts adapters on. A setting that is out of bounds
// is an error.
func (c Config) targets(m *nn.Model) ([]*nn.Linear, error) {
	if err := c.validate(); err != nil {
		return nil, err
	}
	return Targets(m, c.Targets)
}

// Set is what one run trains, in the order of the forward pass.
type Set struct {
	Trainables
	Adapters []*Adapter // the adapter in each map; none if the method does not train A and B of γBA

	budget *allocator // of AdaLoRA
}

// add puts a map into the set, together with its adapter.
func (s *Set) add(t Trainable, a *Adapter) {
	s.Trainables = append(s.Trainables, t)
	s.Adapters = append(s.Adapters, a)
}

// Attach makes a fresh adapter for every map of m that c targets: one of A and B is drawn
// from seed and the other is zero. It changes nothing in m.
func Attach(m *nn.Model, c Config, seed uint64) (*Set, error) {
	return lowRank{}.Attach(new(nn.Arena), m, c, seed)
}

// Attach is the function Attach with buffers from an arena.
func (lowRank) Attach(arena *nn.Arena, m *nn.Model, c Config, seed uint64) (*Set, error) {
	targets, err := c.targets(m)
	if err != nil {
		return nil, err
	}
	s := new(Set)
	shared := newScratch(arena, c, targets)
	for _, l := range targets {
		a := newAdapter(arena, l, c, seed, shared)
		s.add(a, a)
	}
	return s, nil
}

// Merges reports whether an adapter of l takes a merged form in training.
func (c Config) Merges(l *nn.Linear) bool {
	return c.Dropout == 0 && MergedIsCheaper(c.Tokens, c.Rank, l)
}

func newAdapter(arena *nn.Arena, l *nn.Linear, c Config, seed uint64, shared *scratch) *Adapter {
	a := &Adapter{
		Base: l, gamma: float32(c.Gamma), init: c.Init, seed: seed, stale: true,
		A: arena.Matrix(c.Rank, l.In()), B: arena.Matrix(l.Out(), c.Rank), dB: arena.Matrix(l.Out(), c.Rank),
	}
	if !c.fixedA {
		a.dA = arena.Matrix(c.Rank, l.In())
	}
	if !arena.Counting {
		a.draw()
	}
	switch dW := shared.dW[[2]int{l.Out(), l.In()}]; {
	case c.Merges(l) && l.BF16():
		a.train = &beside{Adapter: a, delta: arena.Matrix(l.Out(), l.In()), sums: dW}
		a.eval = a.train
	case c.Merges(l):
		a.train = &merged{
			Adapter: a, dW: dW,
			weight: &nn.Linear{Name: l.Name, Weight: arena.Matrix(l.Out(), l.In()), Bias: l.Bias},
		}
		a.eval = a.train
	default:
		f := &factored{Adapter: a, u: arena.Matrix(c.Tokens, c.Rank), du: shared.du}
		a.train, a.eval = f, f
		if c.Dropout > 0 {
			a.train = &factored{Adapter: a, u: f.u, du: f.du, dropout: newDropout(arena, c, l, seed)}
		}
	}
	a.probe = &probe{Adapter: a, u: shared.probe, wide: shared.wide}
	a.active = a.train
	return a
}

func newDropout(arena *nn.Arena, c Config, l *nn.Linear, seed uint64) *dropout {
	from := stream(seed, l.Name, "dropout")
	return &dropout{
		rate: c.Dropout, from: from, rng: rand.New(from),
		x: arena.Matrix(c.Tokens, l.In()), dx: arena.Matrix(c.Tokens, l.In()),
		mask: nn.Make[bool](arena, c.Tokens*l.In()),
	}
}

// scratch is memory that the adapters of a run share and use in turn.
type scratch struct {
	du    blas32.General            // (Tokens, r)
	dW    map[[2]int]blas32.General // by shape (out, in)
	probe blas32.General            // (probeBlock, r)
	wide  []float32                 // (probeBlock, widest input or output)
}

func newScratch(arena *nn.Arena, c Config, targets []*nn.Linear) *scratch {
	s := &scratch{dW: make(map[[2]int]blas32.General), probe: arena.Matrix(probeBlock, c.Rank)}
	widest := 0
	for _, l := range targets {
		widest = max(widest, l.Out(), l.In())
		shape := [2]int{l.Out(), l.In()}
		switch {
		case c.Merges(l) && s.dW[shape].Rows == 0:
			s.dW[shape] = arena.Matrix(l.Out(), l.In())
		case !c.Merges(l) && s.du.Rows == 0:
			s.du = arena.Matrix(c.Tokens, c.Rank)
		}
	}
	s.wide = arena.Floats(probeBlock * widest)
	return s
}

// Streams returns the random streams of dropout, which move on as a run is trained, in the
// order of the maps.
func (s *Set) Streams() (all []*rand.PCG) {
	for _, t := range s.Trainables {
		if from := t.Stream(); from != nil {
			all = append(all, from)
		}
	}
	return all
}

// Merge adds every adapter to the weights of m, which may be a copy of the model that the
// adapters were attached to. Unmerge takes them out again, up to rounding.
func (s *Set) Merge(m *nn.Model) error {
	trained, err := s.adapters()
	if err != nil {
		return err
	}
	return Merge(m, trained)
}

// Unmerge undoes Merge, up to rounding.
func (s *Set) Unmerge(m *nn.Model) error {
	trained, err := s.adapters()
	if err != nil {
		return err
	}
	if err := Fits(m, trained); err != nil {
		return err
	}
	byName := linears(m)
	for _, t := range s.Trainables {
		l := byName[t.Frozen().Name]
		delta := nn.NewMatrix(l.Out(), l.In())
		t.Delta(delta)
		for i, d := range delta.Data {
			l.Weight.Data[i] -= d
		}
		l.Changed()
	}
	return nil
}

// adapters returns the trained adapters; it is an error if the method trains something
// else.
func (s *Set) adapters() ([]Trained, error) {
	trained := s.Trained()
	if len(trained) < len(s.Trainables) {
		return nil, errors.New("lora: nothing to merge: the method trains no low-rank adapters; use Delta of each map")
	}
	return trained, nil
}
