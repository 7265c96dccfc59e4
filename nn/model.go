package nn

import (
	"fmt"
	"math"
	"math/rand/v2"

	"gonum.org/v1/gonum/blas/blas32"
)

// Model is the weights of a LLaMA-style decoder. Passes only read it, so one
// Model serves any number of them at once.
type Model struct {
	Config    Config
	Embedding blas32.General // (V, C)
	Blocks    []Block
	Norm      []float32 // (C)
	Head      *Linear   // (V, C); its weights are Embedding's where the head is tied
}

// Block is one decoder layer:
//
//	x += O·attention(Q·h, K·h, V·h)   with h = norm(x)
//	x += Down·(silu(Gate·h) ∘ Up·h)   with h = norm(x)
type Block struct {
	AttnNorm   []float32 // (C)
	Q, K, V, O *Linear   // (H·D, C), (K·D, C), (K·D, C), (C, H·D)
	MLPNorm    []float32 // (C)
	Gate, Up   *Linear   // (F, C)
	Down       *Linear   // (C, F)
}

// Tensor is one named weight array, row-major, as checkpoints store it.
type Tensor struct {
	Name  string
	Shape []int
	Data  []float32
}

// New returns a model of zero weights, norms aside, which are one.
func New(c Config) (*Model, error) {
	if err := c.Validate(); err != nil {
		return nil, err
	}
	m := &Model{
		Config:    c,
		Embedding: NewMatrix(c.Vocab, c.Dim),
		Norm:      ones(c.Dim),
		Blocks:    make([]Block, c.Layers),
	}
	m.Head = &Linear{Name: "lm_head", Weight: m.Embedding}
	if !c.TiedHead {
		m.Head.Weight = NewMatrix(c.Vocab, c.Dim)
	}
	q, kv := c.Heads*c.HeadDim, c.KVHeads*c.HeadDim
	for i := range m.Blocks {
		linear := func(name string, out, in int) *Linear {
			return &Linear{Name: fmt.Sprintf("model.layers.%d.%s", i, name), Weight: NewMatrix(out, in)}
		}
		m.Blocks[i] = Block{
			AttnNorm: ones(c.Dim),
			Q:        linear("self_attn.q_proj", q, c.Dim),
			K:        linear("self_attn.k_proj", kv, c.Dim),
			V:        linear("self_attn.v_proj", kv, c.Dim),
			O:        linear("self_attn.o_proj", c.Dim, q),
			MLPNorm:  ones(c.Dim),
			Gate:     linear("mlp.gate_proj", c.Hidden, c.Dim),
			Up:       linear("mlp.up_proj", c.Hidden, c.Dim),
			Down:     linear("mlp.down_proj", c.Dim, c.Hidden),
		}
	}
	return m, nil
}

// Pack keeps the weights of all linear maps in the order in which a forward pass
// reads them too, so that none has to bring them into it: for weights that stay
// as they are, and take as much memory again. Whoever changes them afterwards
// says so by [Linear.Changed]. It must be called before passes share m.
func (m *Model) Pack() {
	for _, l := range append(m.Linears(), m.Head) {
		l.pack()
	}
}

// Linears returns the linear maps of all blocks in the order of the forward
// pass: q, k, v, o, gate, up, down of each layer. The head is not among them.
func (m *Model) Linears() []*Linear {
	var all []*Linear
	for i := range m.Blocks {
		all = append(all, m.Blocks[i].linears()...)
	}
	return all
}

func (b *Block) linears() []*Linear {
	return []*Linear{b.Q, b.K, b.V, b.O, b.Gate, b.Up, b.Down}
}

// normNames returns the checkpoint names of all norms: two a block,
// attention's first, and the final one.
func (m *Model) normNames() []string {
	var names []string
	for i := range m.Blocks {
		names = append(names,
			fmt.Sprintf("model.layers.%d.input_layernorm.weight", i),
			fmt.Sprintf("model.layers.%d.post_attention_layernorm.weight", i))
	}
	return append(names, "model.norm.weight")
}

// Tensors returns every weight under its Hugging Face name, sharing memory
// with the model. A tied head is not listed apart from the embedding.
func (m *Model) Tensors() []Tensor {
	norms := m.normNames()
	all := []Tensor{matrixTensor("model.embed_tokens.weight", m.Embedding)}
	for i := range m.Blocks {
		b := &m.Blocks[i]
		all = append(all, vectorTensor(norms[2*i], b.AttnNorm), vectorTensor(norms[2*i+1], b.MLPNorm))
		for _, l := range b.linears() {
			all = append(all, matrixTensor(l.Name+".weight", l.Weight))
		}
	}
	all = append(all, vectorTensor(norms[2*len(m.Blocks)], m.Norm))
	if !m.Config.TiedHead {
		all = append(all, matrixTensor("lm_head.weight", m.Head.Weight))
	}
	return all
}

// Init draws fresh weights for pretraining: normal with standard deviation
// 0.02, divided by √(2L) for the two maps of a block that write into the
// residual stream (GPT-2, section 2.3).
func (m *Model) Init(rng *rand.Rand) {
	const std = 0.02
	residual := std / math.Sqrt(float64(2*m.Config.Layers))
	fillNormal(m.Embedding.Data, std, rng)
	for i := range m.Blocks {
		b := &m.Blocks[i]
		for _, l := range b.linears() {
			s := std
			if l == b.O || l == b.Down {
				s = residual
			}
			fillNormal(l.Weight.Data, s, rng)
		}
	}
	if !m.Config.TiedHead {
		fillNormal(m.Head.Weight.Data, std, rng)
	}
}

// Clone returns a copy of m that shares no memory with it.
func (m *Model) Clone() *Model {
	c, err := New(m.Config)
	if err != nil {
		panic(err) // m exists, so its config is valid
	}
	to := c.Tensors()
	for i, t := range m.Tensors() {
		copy(to[i].Data, t.Data)
	}
	return c
}

// NewMatrix returns a zero matrix of the given shape, rows adjacent.
func NewMatrix(rows, cols int) blas32.General {
	return blas32.General{Rows: rows, Cols: cols, Stride: cols, Data: make([]float32, rows*cols)}
}

func matrixTensor(name string, m blas32.General) Tensor {
	return Tensor{name, []int{m.Rows, m.Cols}, m.Data}
}

func vectorTensor(name string, v []float32) Tensor { return Tensor{name, []int{len(v)}, v} }

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
