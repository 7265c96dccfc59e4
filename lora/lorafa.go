package lora

import "ranksweep/nn"

// loRAFA is LoRA-FA (Zhang et al. 2023, arXiv 2308.03303): LoRA whose A stays as it was drawn. Any
// optimizer trains B that does not need A's gradient; the optimizer that PEFT has for it is lora-fa-adamw.
type loRAFA struct{}

func (loRAFA) Traits() Traits {
	return Ranked | Multiplied | Seeded | Kinds | Dropping | Halves | HandsOut | FixedA
}

func (loRAFA) Roles() []nn.Role { return []nn.Role{nn.RoleB} }

func (loRAFA) BeyondTheory() string { return "" }

func (loRAFA) Attach(arena *nn.Arena, m *nn.Model, c Config, seed uint64) (*Set, error) {
	c.fixedA = true
	return lowRank{}.Attach(arena, m, c, seed)
}

// Flops counts LoRA's operations without the gradient of A.
func (loRAFA) Flops(c Config, l *nn.Linear, tokens float64, factored bool) float64 {
	rank, out, in := float64(c.Rank), float64(l.Out()), float64(l.In())
	saved := 2 * tokens * rank * in
	if !factored && c.Merges(l) {
		saved = 2 * rank * out * in
	}
	return lowRank{}.Flops(c, l, tokens, factored) - saved
}
