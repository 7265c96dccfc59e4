package lora

import (
	"ranksweep/nn"
)

// adaLoRA is AdaLoRA (Zhang et al. 2023, arXiv 2303.10512): an update in the form of a singular value
// decomposition, whose singular values are cut as training goes on,
//
//	W′ = W + γ B diag(E) A,  E ∈ R^r.
//
// As in PEFT, entries of A and B are normal with standard deviation 0.02, and E begins at zero. So the
// role A is that of A and of B, and the role B that of E. Rows of A and columns of B are kept near
// orthonormal by a penalty, see penalty.go. The rank is that of the beginning; how many singular values
// are left later is decided by [Budget], for all maps together.
//
// PEFT divides α by r + 1e-5, which here is r.
type adaLoRA struct{}

func (adaLoRA) Traits() Traits {
	return Ranked | Multiplied | Seeded | Dropping | Halves | HandsOut | Budgeted
}

func (adaLoRA) Roles() []nn.Role { return []nn.Role{nn.RoleA, nn.RoleB} }

func (adaLoRA) BeyondTheory() string { return "" }

func (adaLoRA) Attach(arena *nn.Arena, m *nn.Model, c Config, seed uint64) (*Set, error) {
	targets, err := c.targets(m)
	if err != nil {
		return nil, err
	}
	if err := c.Budget.validate(c.Rank); err != nil {
		return nil, err
	}
	s := &Set{budget: newAllocator(arena, c, len(targets))}
	shared := newAdaScratch(arena, c, targets)
	for _, l := range targets {
		a := newAdaMap(arena, l, c, seed, shared)
		s.Trainables = append(s.Trainables, a)
		s.budget.maps = append(s.budget.maps, a)
	}
	return s, nil
}

// Flops counts LoRA's operations with diag(E) A in place of A, the gradients of A and E from that of
// diag(E) A, and the penalty, two products for each of A and B.
func (adaLoRA) Flops(c Config, l *nn.Linear, tokens float64, factored bool) float64 {
	rank, out, in := float64(c.Rank), float64(l.Out()), float64(l.In())
	flops := lowRank{}.Flops(c, l, tokens, factored) + 5*rank*in
	if c.Budget.Penalty != NoPenalty {
		flops += 4 * rank * rank * (out + in)
	}
	return flops
}
