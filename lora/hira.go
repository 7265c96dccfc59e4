package lora

import (
	"gonum.org/v1/gonum/blas/blas32"

	"ranksweep/nn"
)

// hiRA is HiRA (Huang et al. 2025, ICLR, "HiRA: Parameter-Efficient Hadamard High-Rank Adaptation").
// It adds the product of a low-rank adapter with W, entry by entry:
//
//	D = W ∘ BA,   A ∈ R^{r×in}, B ∈ R^{out×r}
//
// There is no multiplier. A is drawn as LoRA's is, and B begins at zero.
type hiRA struct{}

func (hiRA) Traits() Traits { return Ranked | Seeded | Kinds }

func (hiRA) Roles() []nn.Role { return []nn.Role{nn.RoleB, nn.RoleA} }

func (hiRA) BeyondTheory() string { return "" }

func (hiRA) Attach(arena *nn.Arena, m *nn.Model, c Config, seed uint64) (*Set, error) {
	return attachAddends(arena, m, c, func(l *nn.Linear, shared *workspace) (addend, error) {
		return newModulation(arena, l, c, seed, shared), nil
	})
}

// Flops counts dW, BA, and the gradients of both.
func (hiRA) Flops(c Config, l *nn.Linear, tokens float64, _ bool) float64 {
	return (2*tokens + 6*float64(c.Rank)) * float64(l.Out()) * float64(l.In())
}

// modulation is HiRA's D on one map.
type modulation struct {
	base *nn.Linear
	product
	shared *workspace
}

func newModulation(arena *nn.Arena, l *nn.Linear, c Config, seed uint64, shared *workspace) *modulation {
	m := &modulation{base: l, shared: shared, product: product{
		newArray(arena, l, ".hira_B", nn.RoleB, l.Out(), c.Rank),
		newArray(arena, l, ".hira_A", nn.RoleA, c.Rank, l.In()),
	}}
	if !arena.Counting {
		c.Init.fill(m.right.Value, c.Rank, l.In(), seed, l.Name)
	}
	return m
}

func (m *modulation) params() []nn.Param { return []nn.Param{m.left.Param, m.right.Param} }

func (m *modulation) add(dst blas32.General) {
	w, p := m.shared.one(m.base), m.shared.other(m.base)
	m.base.Values(w.Data)
	m.compute(p)
	for i, x := range p.Data {
		dst.Data[i] += w.Data[i] * x
	}
}

// backward passes dW ∘ W, the gradient of BA, on to A and B.
func (m *modulation) backward(dW blas32.General) {
	w := m.shared.other(m.base)
	m.base.Values(w.Data)
	for i, x := range w.Data {
		dW.Data[i] *= x
	}
	m.product.backward(dW)
}
