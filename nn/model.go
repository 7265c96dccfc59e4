package nn

// Model: the weights of a decoder; passes only read them.

import (
	"fmt"
	"math"
	"math/rand/v2"

	"gonum.org/v1/gonum/blas/blas32"
)

// Model is the weights of a decoder. Passes only read it, so one Model serves
// any number of them at once.
type Model struct {
	Config    Config
	Embedding blas32.General // (V, C); without data if it is Stored
	Stored    Stored         // the embedding in a form that takes less memory; nil for none
	Positions blas32.General // (Config.Positions, C); no rows if positions are rotary
	Blocks    []Block
	Norm      Norm
	Head      *Linear // (V, C); its weights are Embedding's if the head is tied
}

// Block is one decoder layer:
//
//	x += Out·attention(q, k, v)        with q, k, v = QKV·norm(x)
//	x += Down·(f(gate) ∘ up)           with gate, up = GateUp·norm(x)
//
// with the changes that [Variant] asks for.
type Block struct {
	AttnNorm     Norm
	QKV          []*Linear // maps of q (H·D, C), k and v (K·D, C); or one map of all three
	QNorm, KNorm []float32 // (D) weights of the norms of q's and k's heads; nil for none
	Out          *Linear   // (C, H·D)
	MLPNorm      Norm      // the same as AttnNorm if both parts read one norm
	PostAttn     Norm      // norm of attention's output before it is added to x; without weights for none
	PostMLP      Norm      // norm of the feed-forward output before it is added to x; without weights for none
	GateUp       []*Linear // maps of gate and up, (F, C) each; or of up only; or one map of both, (2F, C)
	Down         *Linear   // (C, F)
}

// Norm is the weights of an RMSNorm or LayerNorm.
type Norm struct {
	Name   string    // its checkpoint name without ".weight"
	Weight []float32 // (C)
	Bias   []float32 // (C); nil for an RMSNorm
}

// Tensor is one named weight array, row-major, as checkpoints store it.
type Tensor struct {
	Name   string
	Shape  []int
	Data   []float32
	Stored Stored // the weights in stored form, in place of Data; nil for none
}

// New returns a model whose weights are zero, except for those of norms, which multiply by
// one.
func New(c Config) (*Model, error) {
	if err := c.Validate(); err != nil {
		return nil, err
	}
	names := c.WeightNames()
	m := &Model{
		Config:    c,
		Embedding: NewMatrix(c.Vocab, c.Dim),
		Positions: NewMatrix(c.Positions, c.Dim),
		Norm:      newNorm(c, names.Norm),
		Blocks:    make([]Block, c.Layers),
	}
	m.Head = &Linear{Name: names.Head, Weight: m.Embedding, Bias: newBias(c.Vocab, c.HeadBias)}
	if !c.TiedHead {
		m.Head.Weight = NewMatrix(c.Vocab, c.Dim)
	}
	for i := range m.Blocks {
		m.Blocks[i] = newBlock(c, names, fmt.Sprintf(names.Block, i))
	}
	return m, nil
}

func newBlock(c Config, names Names, prefix string) Block {
	q, qkv, in := c.widths()
	kv := c.KVHeads * c.HeadDim
	part := Attention
	linear := func(name string, out, in int, bias bool) *Linear {
		return &Linear{Name: prefix + name, Part: part, Weight: NewMatrix(out, in), Bias: newBias(out, bias)}
	}
	b := Block{AttnNorm: newNorm(c, prefix+names.AttnNorm)}
	b.MLPNorm = b.AttnNorm
	if !c.OneNorm {
		b.MLPNorm = newNorm(c, prefix+names.MLPNorm)
	}
	if c.PostNorms {
		b.PostAttn, b.PostMLP = newNorm(c, prefix+names.PostAttn), newNorm(c, prefix+names.PostMLP)
	}
	if c.FusedQKV == Unfused {
		for i, out := range []int{q, kv, kv} {
			b.QKV = append(b.QKV, linear(names.QKV[i], out, c.Dim, c.QKVBias))
		}
	} else {
		b.QKV = []*Linear{linear(names.QKV[0], qkv, c.Dim, c.QKVBias)}
	}
	if c.QKNorm {
		b.QNorm, b.KNorm = ones(c.HeadDim), ones(c.HeadDim)
	}
	b.Out = linear(names.Out, c.Dim, q, c.OutBias)

	part = MLP
	switch {
	case c.FusedGateUp:
		b.GateUp = []*Linear{linear(names.GateUp[0], in, c.Dim, c.MLPBias)}
	case c.Ungated:
		b.GateUp = []*Linear{linear(names.GateUp[1], in, c.Dim, c.MLPBias)}
	default:
		for _, name := range names.GateUp {
			b.GateUp = append(b.GateUp, linear(name, c.Hidden, c.Dim, c.MLPBias))
		}
	}
	b.Down = linear(names.Down, c.Dim, c.Hidden, c.MLPBias)
	return b
}

func newNorm(c Config, name string) Norm {
	n := Norm{Name: name, Weight: ones(c.Dim), Bias: newBias(c.Dim, c.LayerNorm)}
	if c.UnitNorms {
		clear(n.Weight)
	}
	return n
}

func newBias(n int, bias bool) []float32 {
	if !bias {
		return nil
	}
	return make([]float32, n)
}

// Pack keeps a second copy of the weights of all linear maps, in the order in which a
// forward pass reads them, so that no pass has to reorder them. It doubles their memory
// and is meant for weights that do not change: whoever changes them afterwards must call
// [Linear.Changed]. Pack must be called before passes share m.
func (m *Model) Pack() {
	for _, l := range append(m.Linears(), m.Head) {
		if l.Stored == nil {
			l.pack()
		}
	}
}

// Linears returns the linear maps of all blocks in the order of the forward pass: for each
// layer, first those of attention, then those of the feed-forward part. The head is not
// among them.
func (m *Model) Linears() []*Linear {
	var all []*Linear
	for i := range m.Blocks {
		all = append(all, m.Blocks[i].linears()...)
	}
	return all
}

func (b *Block) linears() []*Linear {
	all := append(b.QKV[:len(b.QKV):len(b.QKV)], b.Out)
	return append(append(all, b.GateUp...), b.Down)
}

// Tensors returns every weight under its Hugging Face name, sharing memory with the model.
// A tied head is not listed separately from the embedding.
func (m *Model) Tensors() []Tensor {
	var all []Tensor
	matrix := func(name string, w blas32.General, stored Stored) {
		all = append(all, Tensor{name + ".weight", []int{w.Rows, w.Cols}, w.Data, stored})
	}
	vector := func(name string, v []float32) {
		if v != nil {
			all = append(all, vectorTensor(name, v))
		}
	}
	norm := func(n Norm) {
		vector(n.Name+".weight", n.Weight)
		vector(n.Name+".bias", n.Bias)
	}
	names := m.Config.WeightNames()
	matrix(names.Embedding, m.Embedding, m.Stored)
	if m.Positions.Rows > 0 {
		matrix(names.Positions, m.Positions, nil)
	}
	for i := range m.Blocks {
		b := &m.Blocks[i]
		prefix := fmt.Sprintf(names.Block, i)
		norm(b.AttnNorm)
		if !m.Config.OneNorm {
			norm(b.MLPNorm)
		}
		if m.Config.PostNorms {
			norm(b.PostAttn)
			norm(b.PostMLP)
		}
		vector(prefix+names.QNorm+".weight", b.QNorm)
		vector(prefix+names.KNorm+".weight", b.KNorm)
		for _, l := range b.linears() {
			matrix(l.Name, l.Weight, l.Stored)
			vector(l.Name+".bias", l.Bias)
		}
	}
	norm(m.Norm)
	if !m.Config.TiedHead {
		matrix(names.Head, m.Head.Weight, m.Head.Stored)
	}
	vector(names.Head+".bias", m.Head.Bias)
	return all
}

// Init draws fresh weights for pretraining: normal with standard deviation
// 0.02, divided by √(2L) for the two maps of a block that write into the residual stream
// (GPT-2, section 2.3). Biases and norms stay as they are.
func (m *Model) Init(rng *rand.Rand) {
	const std = 0.02
	residual := std / math.Sqrt(float64(2*m.Config.Layers))
	fillNormal(m.Embedding.Data, std, rng)
	fillNormal(m.Positions.Data, std, rng)
	for i := range m.Blocks {
		b := &m.Blocks[i]
		for _, l := range b.linears() {
			s := std
			if l == b.Out || l == b.Down {
				s = residual
			}
			fillNormal(l.Weight.Data, s, rng)
		}
	}
	if !m.Config.TiedHead {
		fillNormal(m.Head.Weight.Data, std, rng)
	}
}

// Clone returns a copy of m in float32 that shares no memory with it.
func (m *Model) Clone() *Model {
	c, err := New(m.Config)
	if err != nil {
		panic(err) // m exists, so its config is valid
	}
	to := c.Tensors()
	for i, t := range m.Tensors() {
		if t.Stored != nil {
			t.Stored.Rows(to[i].Data, 0, t.Shape[0])
		} else {
			copy(to[i].Data, t.Data)
		}
	}
	return c
}

// NewMatrix returns a zero matrix of the given shape, rows adjacent.
func NewMatrix(rows, cols int) blas32.General {
	return new(Arena).Matrix(rows, cols)
}

func vectorTensor(name string, v []float32) Tensor {
	return Tensor{Name: name, Shape: []int{len(v)}, Data: v}
}

func ones(n int) []float32 {
	x := make([]float32, n)
	for i := range x {
		x[i] = 1
	}
	return x
}

func fillNormal(x []float32, std float64, rng *rand.Rand) {
	for i := range x {
		x[i] = float32(std * rng.NormFloat64())
	}
}
