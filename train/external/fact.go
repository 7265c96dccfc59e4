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
	dropout := "no"
	if said.Abilities.Dropout {
		dropout = "yes"
	}
	all = append(all,
		Fact{"trains on", said.Device},
		Fact{"devices", strings.Join(said.Devices, ", ")},
		Fact{"methods", strings.Join(said.Abilities.Methods, ", ")},
		Fact{"optimizers", strings.Join(said.Abilities.Optimizers, ", ")},
		Fact{"precisions", strings.Join(said.Abilities.Precisions, ", ")},
		Fact{"dropout", dropout},
	)
	for _, note := range said.Notes {
		all = append(all, Fact{"note", note})
	}
	return all, nil
}
