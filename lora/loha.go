package lora

import (
	"gonum.org/v1/gonum/blas/blas32"

	"ranksweep/nn"
)

// loHa is LoHa (Yeh et al. 2023, arXiv 2309.14859), FedPara's product (Hyeon-Woo et al. 2021,
// arXiv 2108.06098) with a multiplier. It adds the entrywise product of two products of rank r:
//
//	D = γ (w1a w1b) ∘ (w2a w2b),   w1a, w2a ∈ R^{out×r},  w1b, w2b ∈ R^{r×in}
//
// As in PEFT, w2b begins at zero, and the others are uniform on ±1/√fan-in, where the fan-in of
// w1a and w2a is r, and that of w1b is in. w2b has role B, the others have role A.
type loHa struct{}

func (loHa) Traits() Traits { return Ranked | Multiplied | Seeded }

func (loHa) Roles() []nn.Role { return []nn.Role{nn.RoleA, nn.RoleB} }

func (loHa) BeyondTheory() string { return "" }

func (loHa) Attach(arena *nn.Arena, m *nn.Model, c Config, seed uint64) (*Set, error) {
	return attachAddends(arena, m, c, func(l *nn.Linear, shared *workspace) (addend, error) {
		return newLoHa(arena, l, c, seed, shared), nil
	})
}

// Flops counts dW, both products, once forward and once backward, and the gradients of their
// factors.
func (loHa) Flops(c Config, l *nn.Linear, tokens float64, _ bool) float64 {
	return (2*tokens + 16*float64(c.Rank)) * float64(l.Out()) * float64(l.In())
}

// hadamard is LoHa's D on one map.
type hadamard struct {
	base   *nn.Linear
	one    product // w1a w1b
	two    product // w2a w2b
	gamma  float32
	shared *workspace
}

func newLoHa(arena *nn.Arena, l *nn.Linear, c Config, seed uint64, shared *workspace) *hadamard {
	r := c.Rank
	left := func(name string) array { return newArray(arena, l, name, nn.RoleA, l.Out(), r) }
	right := func(name string, role nn.Role) array { return newArray(arena, l, name, role, r, l.In()) }
	h := &hadamard{
		base: l, gamma: float32(c.Gamma), shared: shared,
		one: product{left(".hada_w1_a"), right(".hada_w1_b", nn.RoleA)},
		two: product{left(".hada_w2_a"), right(".hada_w2_b", nn.RoleB)},
	}
	if !arena.Counting {
		h.one.left.columns(c.Init, r, seed, "w1a")
		h.one.right.rows(c.Init, l.In(), seed, "w1b")
		h.two.left.columns(c.Init, r, seed, "w2a")
	}
	return h
}

func (h *hadamard) params() []nn.Param {
	return []nn.Param{h.one.left.Param, h.one.right.Param, h.two.left.Param, h.two.right.Param}
}

func (h *hadamard) add(dst blas32.General) {
	one, two := h.shared.one(h.base), h.shared.other(h.base)
	h.one.compute(one)
	h.two.compute(two)
	for i, v := range one.Data {
		dst.Data[i] += h.gamma * v * two.Data[i]
	}
}

// backward computes, with P1 = w1a w1b and P2 = w2a w2b,
//
//	dP1 = γ dW ∘ P2,  dP2 = γ dW ∘ P1,
//
// and from these the gradients of the factors.
func (h *hadamard) backward(dW blas32.General) {
	d := h.shared.other(h.base)
	through := func(of, other product) {
		other.compute(d)
		for i, g := range dW.Data {
			d.Data[i] *= h.gamma * g
		}
		of.backward(d)
	}
	through(h.one, h.two)
	through(h.two, h.one)
}
