package experiments

import (
	"errors"
	"slices"

	"gopkg.in/yaml.v3"
)

// Axis is a field of Config that varies over a grid, and the values it takes.
type Axis struct {
	Name   string // the last part of the field's path: rank for adapter.rank; data for data.source
	Values []any  // of the field's type; at least one
}

// Match selects configs: it holds where each of its fields has one of the values
// listed for that field.
type Match []Axis

func (m Match) holds(c Config) bool {
	for _, a := range m {
		if !contains(a.Values, mustField(a.Name).get(c)) {
			return false
		}
	}
	return true
}

// contains compares the texts of values, since lists of targets cannot be compared
// by ==.
func contains(values []any, value any) bool {
	return slices.ContainsFunc(values, func(v any) bool { return format(v) == format(value) })
}

// parseAxes reads a mapping of fields to lists of values; it may be empty.
func parseAxes(n *yaml.Node, what string, claims claims) (axes []Axis, err error) {
	if isNone(n) {
		return nil, nil
	}
	err = eachPair(n, what, func(p pair) error {
		f, err := parseField(p.key, claims)
		if err != nil {
			return err
		}
		values, err := f.parseValues(p.value)
		axes = append(axes, Axis{f.name, values})
		return err
	})
	return axes, err
}

// parseSome is parseAxes for places that need at least one field.
func parseSome(n *yaml.Node, what string, claims claims) ([]Axis, error) {
	axes, err := parseAxes(n, what, claims)
	if err == nil && len(axes) == 0 {
		err = at(n, "%s names no field", what)
	}
	return axes, err
}

// parseField reads and claims the name or path of a field.
func parseField(n *yaml.Node, claims claims) (field, error) {
	f, ok := fieldNamed(n.Value)
	if !ok {
		return field{}, at(n, "%w", unknownField(n.Value))
	}
	return f, claims.take(f, n)
}

// parseValues reads the values of an axis. A single value needs no list, nor does a span.
func (f field) parseValues(n *yaml.Node) ([]any, error) {
	nodes := []*yaml.Node{n}
	if n.Kind == yaml.SequenceNode {
		nodes = n.Content
	}
	if len(nodes) == 0 {
		return nil, at(n, "%s has an empty list of values: give at least one", f.name)
	}
	var values []any
	var errs []error
	for _, node := range nodes {
		each, err := f.spread(node)
		errs = append(errs, err)
		for _, node := range each {
			value, err := f.parse(node)
			values, errs = append(values, value), append(errs, err)
		}
	}
	return values, errors.Join(errs...)
}
