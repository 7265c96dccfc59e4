package train

import (
	"maps"
	"slices"
	"strings"

	"ranksweep/experiments"
)

// Fact is something that a trainer says of itself.
type Fact struct{ Name, Text string }

// A Describer is a trainer that says more of itself than what every trainer has to say.
type Describer interface {
	Facts() ([]Fact, error)
}

// Facts returns what a trainer says of itself: by what it trains, and its abilities.
func Facts(t Trainer) ([]Fact, error) {
	if d, ok := t.(Describer); ok {
		return d.Facts()
	}
	can, err := t.Abilities()
	if err != nil {
		return nil, err
	}
	made := t.Provenance()
	return append([]Fact{{"program", made.Program}, {"go", made.Go}, {"kernel", made.Kernel}}, can.Facts()...), nil
}

// Facts lists the abilities, and why others are lacking.
func (a Abilities) Facts() []Fact {
	all := []Fact{
		{"methods", strings.Join(a.Methods, ", ")},
		{"optimizers", strings.Join(a.Optimizers, ", ")},
		{"precisions", strings.Join(a.Precisions, ", ")},
		{"quantizations", strings.Join(orDefault(a.Quantizations, experiments.Unquantized), ", ")},
		{"attentions", strings.Join(orDefault(a.Attentions, experiments.DefaultAttention), ", ")},
		{"dropout", yesOrNo(a.Dropout)},
		{"gradient checkpointing", yesOrNo(a.GradientCheckpointing)},
		{"deterministic", yesOrNo(a.Deterministic)},
		{"checkpoints", yesOrNo(a.Checkpoints)},
	}
	for _, field := range slices.Sorted(maps.Keys(a.Why)) {
		all = append(all, Fact{"other " + field, "no: " + a.Why[field]})
	}
	return all
}

func yesOrNo(yes bool) string {
	if yes {
		return "yes"
	}
	return "no"
}
