package experiments

import (
	"slices"

	"gopkg.in/yaml.v3"
)

// Zip is a group of axes that vary together: all have their first values, then all
// have their second values, and so on.
type Zip []Axis

// parseZip reads a group of zip: a mapping of fields to lists of the same length, or a
// list of such mappings, whose values are joined. In a mapping of such a list, a single
// value is repeated beside the lists of the other fields:
//
//   - - {optimizer: sgd, lr: [0.1, 1]}
//   - {optimizer: adamw, lr: [1e-4, 1e-3, 1e-2]}
func parseZip(n *yaml.Node, claims claims) (group Zip, err error) {
	if n.Kind != yaml.SequenceNode {
		return parseSome(n, "a group of zip", claims)
	}
	own := claims
	err = each(n, "a group of zip", func(item *yaml.Node) error {
		part, err := parsePart(item, own)
		own = make(map[string]int) // every part names the same fields
		if err != nil {
			return err
		}
		if group == nil {
			group = part
			return nil
		}
		if !slices.EqualFunc(group, part, func(a, b Axis) bool { return a.Name == b.Name }) {
			return at(item, "a part of zip: must name the same fields as the first part, in the same order")
		}
		for j, a := range part {
			group[j].Values = append(group[j].Values, a.Values...)
		}
		return nil
	})
	return group, err
}

// parsePart reads one part of a group. It repeats single values to the length of the
// lists beside them.
func parsePart(n *yaml.Node, claims claims) (Zip, error) {
	part, err := parseSome(n, "a part of zip", claims)
	if err != nil {
		return nil, err
	}
	longest := 0
	for _, a := range part {
		longest = max(longest, len(a.Values))
	}
	for i, a := range part {
		if len(a.Values) == 1 {
			part[i].Values = slices.Repeat(a.Values, longest)
		}
	}
	return part, nil
}
