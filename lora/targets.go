package lora

import (
	"fmt"
	"strings"

	"ranksweep/nn"
)

// groups are the target names that stand for several maps.
var groups = map[string][]string{
	"all-linear": {"q_proj", "k_proj", "v_proj", "o_proj", "gate_proj", "up_proj", "down_proj"},
	"attention":  {"q_proj", "k_proj", "v_proj", "o_proj"},
	"mlp":        {"gate_proj", "up_proj", "down_proj"},
}

// Targets returns the linear maps of m that names select, in the order of the
// forward pass. A name is a group (all-linear, attention, mlp), the last part
// of a map's name (q_proj), or a map's whole name. One that selects nothing
// is an error.
func Targets(m *nn.Model, names []string) ([]*nn.Linear, error) {
	if len(names) == 0 {
		return nil, fmt.Errorf("lora: no targets: name some, such as all-linear")
	}
	all := m.Linears()
	chosen := make(map[*nn.Linear]bool)
	for _, name := range names {
		parts, ok := groups[name]
		if !ok {
			parts = []string{name}
		}
		found := false
		for _, l := range all {
			for _, part := range parts {
				if l.Name == part || strings.HasSuffix(l.Name, "."+part) {
					chosen[l], found = true, true
				}
			}
		}
		if !found {
			return nil, fmt.Errorf("lora: target %q matches no linear map: use all-linear, attention, mlp, a part such as q_proj, or a whole name such as %s", name, all[0].Name)
		}
	}
	var targets []*nn.Linear
	for _, l := range all {
		if chosen[l] {
			targets = append(targets, l)
		}
	}
	return targets, nil
}

// RankWarnings says of which targets a rank exceeds the smaller side: there
// BA can have any rank already, and more only changes the parametrization.
func RankWarnings(targets []*nn.Linear, rank int) []string {
	above, smallest := 0, rank
	for _, l := range targets {
		if side := min(l.In(), l.Out()); rank > side {
			above++
			smallest = min(smallest, side)
		}
	}
	if above == 0 {
		return nil
	}
	return []string{fmt.Sprintf("rank %d is above the smaller side of %d of %d adapted maps (the smallest is %d): the update has full rank there", rank, above, len(targets), smallest)}
}
