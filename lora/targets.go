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
// forward pass. A name is a group (all-linear, attention, mlp), the last part of a map's
// name (q_proj), or a map's whole name. It is an error if a name selects nothing, or only
// maps that the other names select too.
func Targets(m *nn.Model, names []string) ([]*nn.Linear, error) {
	if len(names) == 0 {
		return nil, fmt.Errorf("lora: no targets: name some, such as all-linear")
	}
	all := m.Linears()
	matches := make(map[*nn.Linear]int) // number of names that select the map
	for _, name := range names {
		found := false
		for _, l := range all {
			if selects(name, l) {
				matches[l]++
				found = true
			}
		}
		if !found {
			return nil, fmt.Errorf("lora: target %q matches no linear map: use all-linear, attention, mlp, "+
				"a part such as %s, or a whole name such as %s", name, path.Ext(all[0].Name)[1:], all[0].Name)
		}
	}
	for _, name := range names {
		if !slices.ContainsFunc(all, func(l *nn.Linear) bool { return selects(name, l) && matches[l] == 1 }) {
			return nil, fmt.Errorf("lora: target %q adds nothing to the others of %s: leave it out, "+
				"or make each a value of an axis", name, strings.Join(names, ", "))
		}
	}
	return slices.DeleteFunc(all, func(l *nn.Linear) bool { return matches[l] == 0 }), nil
}

// selects reports whether a target's name selects a map.
func selects(name string, l *nn.Linear) bool {
	return slices.Contains(groups[name], l.Part) || l.Name == name || strings.HasSuffix(l.Name, "."+name)
}

// RankWarnings says how many targets have a smaller side below the rank. There BA can
// already be any matrix, and a larger rank only changes the parametrization.
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
	return []string{fmt.Sprintf("rank %d is above the smaller side of %d of %d adapted maps (the smallest is %d): "+
		"the update has full rank there", rank, above, len(targets), smallest)}
}
