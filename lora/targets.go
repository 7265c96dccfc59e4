package lora

import (
	"fmt"
	"path"
	"slices"
	"strings"

	"ranksweep/nn"
)

// groups are the target names that stand for several maps.
var groups = map[string][]nn.Part{
	"all-linear": {nn.Attention, nn.MLP},
	"attention":  {nn.Attention},
	"mlp":        {nn.MLP},
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
		found := false
		for _, l := range all {
			if slices.Contains(groups[name], l.Part) || l.Name == name || strings.HasSuffix(l.Name, "."+name) {
				chosen[l], found = true, true
			}
		}
		if !found {
			return nil, fmt.Errorf("lora: target %q matches no linear map: use all-linear, attention, mlp, a part such as %s, or a whole name such as %s", name, path.Ext(all[0].Name)[1:], all[0].Name)
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
