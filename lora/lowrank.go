package lora

import "ranksweep/nn"

// lowRank is LoRA: one adapter for every targeted map.
type lowRank struct{}

func (lowRank) Traits() Traits {
	return Ranked | Multiplied | Seeded | Kinds | Factors | Dropping | Halves | HandsOut
}

func (lowRank) Roles() []nn.Role { return []nn.Role{nn.RoleA, nn.RoleB} }

func (lowRank) BeyondTheory() string { return "" }

// Flops counts operations as [MergedIsCheaper] does.
func (lowRank) Flops(c Config, l *nn.Linear, tokens float64, factored bool) float64 {
	if !factored && c.Merges(l) {
		return mergedFlops(tokens, float64(c.Rank), l)
	}
	return factoredFlops(tokens, float64(c.Rank), l)
}
