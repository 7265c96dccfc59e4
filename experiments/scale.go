package experiments

import (
	"fmt"
	"maps"
	"slices"

	"ranksweep/misspelt"

	"gopkg.in/yaml.v3"
)

// FullScale is the size of an experiment as its file has it.
const FullScale = "full"

// scale holds the values that replace an experiment's own at another size.
type scale []pair

// ScaleNames lists the sizes that an experiment has, the full one first.
func (e *Experiment) ScaleNames() []string {
	return append([]string{FullScale}, slices.Sorted(maps.Keys(e.scales))...)
}

// Scale sets the experiment to one of its sizes, as if --set gave it each value.
func (e *Experiment) Scale(name string) error {
	values, ok := e.scales[name]
	if !ok && name != FullScale {
		return fmt.Errorf("experiments: %s: %w", e.Name, misspelt.Unknown("scale", name, e.ScaleNames()))
	}
	for _, p := range values {
		if err := e.setField(p.key.Value, p.value, e.Name+", scale "+name); err != nil {
			return fmt.Errorf("experiments: %s: scale %s: %w", e.Name, name, err)
		}
	}
	return nil
}

// parseScales reads the sizes of an experiment: each name has fields and values. The
// values are checked when a scale is set.
func parseScales(n *yaml.Node) (map[string]scale, error) {
	scales := make(map[string]scale)
	err := eachPair(n, "scales", func(size pair) error {
		name := size.key.Value
		if name == FullScale {
			return at(size.key, "scale %s is the rest of the file: remove its entry from scales", FullScale)
		}
		scales[name] = scale{}
		return eachPair(size.value, "scale "+name, func(p pair) error {
			f, ok := fieldNamed(p.key.Value)
			if !ok {
				return at(p.key, "%w", unknownField(p.key.Value))
			}
			scales[name] = append(scales[name], p)
			_, err := f.parseValues(p.value)
			return err
		})
	})
	return scales, err
}
