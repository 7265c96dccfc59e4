package external

import (
	"cmp"
	"maps"
	"slices"
	"strings"

	"ranksweep/train"
)

// Facts returns what the other program says of itself.
func (t *Trainer) Facts() ([]train.Fact, error) {
	said, err := t.ask()
	if err != nil {
		return nil, err
	}
	all := []train.Fact{{Name: "program", Text: strings.Join(t.Program.Command, " ")}}
	for _, name := range slices.Sorted(maps.Keys(said.Versions)) {
		all = append(all, train.Fact{Name: name, Text: said.Versions[name]})
	}
	all = append(all, train.Fact{Name: "trains on", Text: said.Device},
		train.Fact{Name: "devices", Text: cmp.Or(strings.Join(said.Devices, ", "), "not said")})
	all = append(all, train.Abilities(*said.Abilities).Facts()...)
	for _, note := range said.Notes {
		all = append(all, train.Fact{Name: "note", Text: note})
	}
	return all, nil
}
