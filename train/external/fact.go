package external

import (
	"maps"
	"slices"
	"strings"
)

// Fact is something that another program says of itself.
type Fact struct{ Name, Text string }

// Facts returns what the other program says of itself.
func (t *Trainer) Facts() ([]Fact, error) {
	said, err := t.ask()
	if err != nil {
		return nil, err
	}
	all := []Fact{{"program", strings.Join(t.Program.Command, " ")}}
	for _, name := range slices.Sorted(maps.Keys(said.Versions)) {
		all = append(all, Fact{name, said.Versions[name]})
	}
	can := said.Abilities
	all = append(all,
		Fact{"trains on", said.Device},
		Fact{"devices", strings.Join(said.Devices, ", ")},
		Fact{"methods", strings.Join(can.Methods, ", ")},
		Fact{"optimizers", strings.Join(can.Optimizers, ", ")},
		Fact{"precisions", strings.Join(can.Precisions, ", ")},
		Fact{"quantizations", strings.Join(can.Quantizations, ", ")},
		Fact{"attentions", strings.Join(can.Attentions, ", ")},
		Fact{"dropout", yesOrNo(can.Dropout)},
		Fact{"gradient checkpointing", yesOrNo(can.GradientCheckpointing)},
		Fact{"deterministic", yesOrNo(can.Deterministic)},
		Fact{"checkpoints", yesOrNo(can.Checkpoints)},
	)
	for _, field := range slices.Sorted(maps.Keys(can.Why)) {
		all = append(all, Fact{"other " + field, "no: " + can.Why[field]})
	}
	for _, note := range said.Notes {
		all = append(all, Fact{"note", note})
	}
	return all, nil
}

func yesOrNo(yes bool) string {
	if yes {
		return "yes"
	}
	return "no"
}
