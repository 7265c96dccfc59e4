package experiments

import (
	"strings"

	"gopkg.in/yaml.v3"
)

// A Figure is one that a file asks for, beside those that are always drawn: options with their values, in the
// file's order. Package chart knows what they mean.
type Figure []Option

// An Option is an entry of a figure. A list of values has commas between them.
type Option struct{ Name, Value string }

// InFigure says of an error that it is about figure i, and where the figures are.
func (e *Experiment) InFigure(i int, err error) error {
	return e.inPlace(about("figures")("figure %d: %w", i+1, err))
}

// parseFigure reads an item of figures.
func parseFigure(n *yaml.Node) (f Figure, err error) {
	err = eachPair(n, "an item of figures", func(p pair) error {
		value, err := optionValue(p.value)
		f = append(f, Option{p.key.Value, value})
		return err
	})
	return f, err
}

// optionValue reads a single value, or a list of them.
func optionValue(n *yaml.Node) (string, error) {
	values := []*yaml.Node{n}
	if n.Kind == yaml.SequenceNode {
		values = n.Content
	}
	var texts []string
	for _, v := range values {
		if v.Kind != yaml.ScalarNode || isNone(v) {
			return "", at(v, "%s: must be a single value or a list of them", shown(v))
		}
		texts = append(texts, v.Value)
	}
	return strings.Join(texts, ","), nil
}

func figureNode(f Figure) *yaml.Node {
	m := mapping()
	for _, o := range f {
		put(m, o.Name, leaf(o.Value))
	}
	return m
}
