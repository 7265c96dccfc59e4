package nn

// Full fine-tuning: a linear map whose own weights train.

import (
	"strings"

	"gonum.org/v1/gonum/blas"
	"gonum.org/v1/gonum/blas/blas32"
)

// FullMap trains a linear map's own weights.
type FullMap struct {
	*Linear
	grad blas32.General // (out, in)
}

// NewFullMap trains the weights of l, which must be float32 and not packed. The map
// itself writes nothing to l, but an optimizer of its Params does. The gradient comes
// from an arena.
func NewFullMap(arena *Arena, l *Linear) *FullMap { return &FullMap{l, arena.Matrix(l.Out(), l.In())} }

// Backward adds dW += dyᵀ x, and dx += dy W if dx has rows.
func (m *FullMap) Backward(dx, dy, x blas32.General) {
	if dx.Rows > 0 {
		m.Linear.Backward(dx, dy)
	}
	blas32.Gemm(blas.Trans, blas.NoTrans, 1, dy, x, 1, m.grad)
}

// Params returns the weights.
func (m *FullMap) Params() []Param {
	return []Param{matrixParam(m.Name+".weight", m.Weight, m.grad)}
}

// fullGradients accumulates the gradients of everything outside the blocks' linear maps.
type fullGradients struct {
	embedding blas32.General // (V, C)
	head      blas32.General // (V, C); the same as embedding if the head is tied
	norms     [][]float32    // two per block, attention's first, then the final norm
}

func newFullGradients(m *Model) *fullGradients {
	c := m.Config
	g := &fullGradients{embedding: NewMatrix(c.Vocab, c.Dim)}
	g.head = g.embedding
	if !c.TiedHead {
		g.head = NewMatrix(c.Vocab, c.Dim)
	}
	for range 2*c.Layers + 1 {
		g.norms = append(g.norms, make([]float32, c.Dim))
	}
	return g
}

// params lists every weight in the order of Model.Tensors. Matrices decay,
// norms and the embedding do not.
func (g *fullGradients) params(p *Pass) []Param {
	grads := map[string]Param{}
	add := func(q Param) { grads[q.Name] = q }
	for _, m := range p.maps {
		add(m.Params()[0])
	}
	for i, n := range norms(p.model) {
		d := g.norms[i]
		add(Param{Name: n.Name + ".weight", Rows: 1, Cols: len(d), Grad: d})
	}
	embedding := matrixParam("model.embed_tokens.weight", p.model.Embedding, g.embedding)
	embedding.Decay = false
	add(embedding)
	add(matrixParam("lm_head.weight", p.model.Head.Weight, g.head))

	var all []Param
	for _, t := range p.model.Tensors() {
		q := grads[t.Name]
		q.Value = t.Data
		all = append(all, q)
	}
	return all
}

// norms returns the norms of all blocks, attention's first, and the final one.
func norms(m *Model) []Norm {
	var all []Norm
	for i := range m.Blocks {
		all = append(all, m.Blocks[i].AttnNorm, m.Blocks[i].MLPNorm)
	}
	return append(all, m.Norm)
}

func matrixParam(name string, value, grad blas32.General) Param {
	return Param{
		Name: name, Module: strings.TrimSuffix(name, ".weight"), Role: RoleWeight,
		Rows: value.Rows, Cols: value.Cols, Value: value.Data, Grad: grad.Data, Decay: true,
	}
}
