package experiments

import (
	"bytes"
	"fmt"
	"strings"

	"gopkg.in/yaml.v3"
)

// Resolved writes the experiment as a file that depends on no defaults or overrides
// and reads back as the same grid. It returns the errors of Configs.
func (e *Experiment) Resolved() ([]byte, error) {
	if _, err := e.Configs(); err != nil {
		return nil, err
	}
	doc := mapping()
	put(doc, "name", leaf(e.Name))
	if e.Question != "" {
		put(doc, "question", leaf(e.Question))
	}
	e.putBase(doc)
	put(doc, "grid", axesNode(e.Grid))
	if len(e.Zip) > 0 {
		put(doc, "zip", list(e.Zip, func(z Zip) *yaml.Node { return axesNode(z) }))
	}
	if len(e.Nuisance) > 0 {
		put(doc, "nuisance", axesNode(e.Nuisance))
		put(doc, "tune", tuneNode(e))
	}
	if rules := e.rules(); len(rules) > 0 {
		put(doc, "when", list(rules, ruleNode))
	}
	if len(e.Exclude) > 0 {
		put(doc, "exclude", list(e.Exclude, func(m Match) *yaml.Node { return axesNode(m) }))
	}
	if len(e.Figures) > 0 {
		put(doc, "figures", list(e.Figures, figureNode))
	}
	var out bytes.Buffer
	enc := yaml.NewEncoder(&out)
	enc.SetIndent(2)
	if err := enc.Encode(doc); err != nil {
		return nil, fmt.Errorf("experiments: %s: write the experiment: %w", e.Name, err)
	}
	return out.Bytes(), nil
}

// putBase adds the fields that are not axes, group by group.
func (e *Experiment) putBase(doc *yaml.Node) {
	groups := map[string]*yaml.Node{"": doc}
	for _, f := range fields {
		if e.axis(f) != nil {
			continue
		}
		if groups[f.group] == nil {
			groups[f.group] = mapping()
			put(doc, f.group, groups[f.group])
		}
		put(groups[f.group], f.key, leaf(f.get(e.Base)))
	}
}

func axesNode(axes []Axis) *yaml.Node {
	m := mapping()
	for _, a := range axes {
		put(m, a.Name, leaf(a.Values))
	}
	return m
}

func tuneNode(e *Experiment) *yaml.Node {
	m := axesNode([]Axis{e.tuningSeeds()})
	put(m, "extend", leaf(e.Tune.Extend))
	if e.Tune.Local > 0 {
		put(m, "local", leaf(e.Tune.Local))
	}
	return m
}

func ruleNode(r Rule) *yaml.Node {
	set := mapping()
	for _, s := range r.Set {
		put(set, s.Name, leaf(s.Value))
	}
	m := mapping()
	put(m, "if", axesNode(r.If))
	put(m, "set", set)
	return m
}

func mapping() *yaml.Node { return &yaml.Node{Kind: yaml.MappingNode} }

func put(m *yaml.Node, key string, value *yaml.Node) {
	m.Content = append(m.Content, leaf(key), value)
}

func list[T any](items []T, node func(T) *yaml.Node) *yaml.Node {
	n := &yaml.Node{Kind: yaml.SequenceNode}
	for _, item := range items {
		n.Content = append(n.Content, node(item))
	}
	return n
}

// leaf returns the node of a field's value or of a list of values.
func leaf(value any) *yaml.Node {
	var n *yaml.Node
	switch v := value.(type) {
	case []any:
		n = list(v, leaf)
		n.Style = yaml.FlowStyle
	case Targets:
		n = list(v, func(name string) *yaml.Node { return leaf(name) })
		n.Style = yaml.FlowStyle
	case string:
		n = &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!str", Value: v}
		if strings.Contains(v, "\n") {
			n.Style = yaml.DoubleQuotedStyle // in a block yaml.v3 loses blank lines at its head
		}
	default:
		n = &yaml.Node{Kind: yaml.ScalarNode, Value: format(v)}
	}
	return n
}
