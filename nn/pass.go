package nn

// Pass: all buffers of one run, made once, and the calls that train and score with them.

import (
	"errors"
	"fmt"

	"gonum.org/v1/gonum/blas/blas32"
)

// Pass runs batches through a model, forward and backward. It owns every buffer for that,
// so that once made it allocates nothing. One goroutine at a time may use a Pass, while
// many Passes may share the model.
type Pass struct {
	model  *Model
	tokens int   // capacity, N at most
	maps   []Map // in the order of Model.Linears; nil for a frozen map
	full   *fullGradients
	below  []bool // below[i]: something trains before stage i; see stage

	rope   rope
	layers []activations
	last   *activation // the final norm's
	n      int         // tokens of the current batch

	x       blas32.General // (N, C) residual stream; in the backward pass its gradient
	h       blas32.General // (N, C) output of the current norm
	act     blas32.General // (N, F) f(gate) ∘ up of the current block
	dy      blas32.General // (N, C) gradient of a block's output; no rows unless blocks are parallel
	dh      blas32.General // (N, C) gradient of a norm's output
	dbranch blas32.General // (N, C) gradient of a part's output before its norm; no rows if it has no norm
	dhead   []float32      // (D) gradient of a head of q or k; nil unless these have norms
	dqkv    projection
	datt    blas32.General // (N, H·D)
	dfeed   feed
	dact    blas32.General // (N, F)
	attend  attention
	head    head
	discard blas32.General // (0, 0): stands for a gradient that is not needed
	shared  shared
}

// activations holds what one block keeps between forward and backward. The outputs of its
// norms and f(gate) ∘ up would be a third of the memory and are cheap to compute, so the
// backward pass computes them again.
type activations struct {
	attn         *activation
	qNorm, kNorm headNorm
	qkv          projection     // q and k normalized and rotated
	lse          []float32      // (N, H) log of the sum of exponentials of each softmax
	att          blas32.General // (N, H·D) attention's output
	mlp          *activation
	feed         feed

	postAttn, postMLP *activation // norms of the two parts' outputs; nil for none
}

func newActivations(arena *Arena, c Config, n int, b *Block) activations {
	a := activations{
		attn: newActivation(arena, c, n, b.AttnNorm), mlp: newActivation(arena, c, n, b.MLPNorm),
		qkv: newProjection(arena, c, n), lse: arena.Floats(n * c.Heads), att: arena.Matrix(n, c.Heads*c.HeadDim),
		feed: newFeed(arena, c, n),
	}
	if c.PostNorms {
		a.postAttn, a.postMLP = newActivation(arena, c, n, b.PostAttn), newActivation(arena, c, n, b.PostMLP)
	}
	if c.QKNorm {
		a.qNorm, a.kNorm = newHeadNorm(arena, n, c.Heads, c.HeadDim), newHeadNorm(arena, n, c.KVHeads, c.HeadDim)
	}
	return a
}

// NewPass prepares to run batches of at most tokens tokens through m. Each map in maps
// replaces the linear map of that name; all other weights stay frozen, and no gradient is
// computed for them.
func NewPass(m *Model, tokens int, maps map[string]Map) (*Pass, error) {
	return NewPassIn(new(Arena), m, tokens, maps)
}

// NewPassIn is [NewPass] with its buffers from an arena. If the arena is counting, the
// pass cannot run a batch.
func NewPassIn(arena *Arena, m *Model, tokens int, maps map[string]Map) (*Pass, error) {
	if tokens < 1 {
		return nil, fmt.Errorf("nn: batches of %d tokens: must be at least 1", tokens)
	}
	p := &Pass{model: m, tokens: tokens}
	placed := 0
	for _, l := range m.Linears() {
		t := maps[l.Name]
		if t != nil {
			placed++
		}
		p.maps = append(p.maps, t)
	}
	if placed != len(maps) {
		for name := range maps {
			if _, ok := m.linear(name); !ok {
				return nil, fmt.Errorf("nn: no linear map is named %q in this model", name)
			}
		}
	}
	p.plan()
	p.allocate(arena)
	return p, nil
}

// NewFullPass prepares a pass that trains every weight of m, a LLaMA-style model. The pass
// itself writes nothing to m, but an optimizer of its [Pass.Params] does.
func NewFullPass(m *Model, tokens int) (*Pass, error) {
	if m.Config.Variant != (Variant{}) {
		return nil, errors.New("nn: only a LLaMA-style model can train all its weights: attach adapters to this one")
	}
	if err := m.storedErr(); err != nil {
		return nil, err
	}
	arena, maps := new(Arena), make(map[string]Map)
	for _, l := range m.Linears() {
		maps[l.Name] = NewFullMap(arena, l)
	}
	p, err := NewPassIn(arena, m, tokens, maps)
	if err != nil {
		return nil, err
	}
	p.full = newFullGradients(m)
	p.plan()
	return p, nil
}

// plan finds the stages that have a trained map before them; the backward pass ends at the
// first stage that has none. Block l has two stages, attention (2l) and feed-forward
// (2l+1).
func (p *Pass) plan() {
	p.below = make([]bool, 2*len(p.model.Blocks)+1)
	p.below[0] = p.full != nil
	for stage := range 2 * len(p.model.Blocks) {
		p.below[stage+1] = p.below[stage] || trains(p.stage(stage))
	}
}

// stage returns the maps of one stage: q, k, v and the output, or gate, up and down.
func (p *Pass) stage(i int) []Map {
	b := &p.model.Blocks[i/2]
	attention, mlp := len(b.QKV)+1, len(b.GateUp)+1
	block := p.maps[i/2*(attention+mlp):][:attention+mlp]
	if i%2 == 0 {
		return block[:attention]
	}
	return block[attention:]
}

func trains(maps []Map) bool {
	for _, m := range maps {
		if m != nil {
			return true
		}
	}
	return false
}

func (p *Pass) allocate(arena *Arena) {
	c, n := p.model.Config, p.tokens
	c.Context = min(c.Context, n) // no sequence is longer than a batch
	p.rope = newRope(arena, c)
	p.layers = make([]activations, c.Layers)
	for i := range p.layers {
		p.layers[i] = newActivations(arena, c, n, &p.model.Blocks[i])
	}
	p.last = newActivation(arena, c, n, p.model.Norm)
	p.x, p.h, p.dh = arena.Matrix(n, c.Dim), arena.Matrix(n, c.Dim), arena.Matrix(n, c.Dim)
	p.act = arena.Matrix(n, c.Hidden)
	if c.Parallel {
		p.dy = arena.Matrix(n, c.Dim)
	}
	if c.PostNorms {
		p.dbranch = arena.Matrix(n, c.Dim)
	}
	if c.QKNorm {
		p.dhead = arena.Floats(c.HeadDim)
	}
	p.dqkv, p.datt = newProjection(arena, c, n), arena.Matrix(n, c.Heads*c.HeadDim)
	p.dfeed, p.dact = newFeed(arena, c, n), arena.Matrix(n, c.Hidden)
	p.attend = newAttention(arena, c)
	p.head = newHead(arena, c, n)
	p.discard = blas32.General{Stride: 1}
}

// check refuses a batch that the pass cannot hold or the model cannot read.
func (p *Pass) check(b *Batch) error {
	if len(b.Targets) != len(b.Tokens) {
		return fmt.Errorf("nn: batch of %d tokens has %d targets", len(b.Tokens), len(b.Targets))
	}
	if len(b.Tokens) > p.tokens {
		return fmt.Errorf("nn: batch of %d tokens: the pass was made for at most %d", len(b.Tokens), p.tokens)
	}
	for s := range b.Sequences() {
		if n := b.Starts[s+1] - b.Starts[s]; n > p.model.Config.Context {
			return fmt.Errorf("nn: sequence of %d tokens: the model's context is %d", n, p.model.Config.Context)
		}
	}
	for i, t := range b.Tokens {
		if t < 0 || int(t) >= p.model.Config.Vocab {
			return fmt.Errorf("nn: token %d at position %d: the vocabulary has %d", t, i, p.model.Config.Vocab)
		}
		if y := b.Targets[i]; y != Unscored && (y < 0 || int(y) >= p.model.Config.Vocab) {
			return fmt.Errorf("nn: target %d at position %d: the vocabulary has %d", y, i, p.model.Config.Vocab)
		}
	}
	return nil
}

// Loss runs the batch forward and returns the cross-entropy summed over its
// scored positions, in nats.
func (p *Pass) Loss(b *Batch) (float64, error) {
	if err := p.check(b); err != nil {
		return 0, err
	}
	p.forward(b)
	return p.head.loss(p, b, 0), nil
}

// Gradient runs the batch forward and backward. It returns the summed
// cross-entropy as Loss does, and adds the gradient of that sum times scale
// to the accumulators of everything that trains.
func (p *Pass) Gradient(b *Batch, scale float32) (float64, error) {
	if err := p.check(b); err != nil {
		return 0, err
	}
	p.forward(b)
	sum := p.head.loss(p, b, scale)
	p.backward(b)
	return sum, nil
}

// Logits runs the batch forward and returns the logits at every position,
// (N, V), in newly allocated memory.
func (p *Pass) Logits(b *Batch) (blas32.General, error) {
	if err := p.check(b); err != nil {
		return blas32.General{}, err
	}
	p.forward(b)
	logits := NewMatrix(p.n, p.model.Config.Vocab)
	p.model.Head.Forward(logits, p.rows(p.h))
	p.head.cap.forward(logits.Data)
	return logits, nil
}

// Params returns all trained parameters, in the order of Model.Tensors.
func (p *Pass) Params() []Param {
	if p.full != nil {
		return p.full.params(p)
	}
	var all []Param
	for _, m := range p.maps {
		if m != nil {
			all = append(all, m.Params()...)
		}
	}
	return all
}

// rows returns the part of a buffer that the current batch uses.
func (p *Pass) rows(m blas32.General) blas32.General {
	m.Rows = p.n
	m.Data = m.Data[:p.n*m.Stride]
	return m
}

func (m *Model) linear(name string) (*Linear, bool) {
	for _, l := range m.Linears() {
		if l.Name == name {
			return l, true
		}
	}
	return nil, false
}
