package explain

import (
	"bytes"
	"fmt"
	"io"
	"slices"
	"strings"

	"gopkg.in/yaml.v3"
)

// yaml reads the whole text as YAML.
func (r *reader) yaml() (any, error) {
	d := yaml.NewDecoder(bytes.NewReader(r.text))
	var root yaml.Node
	switch err := d.Decode(&root); {
	case err == io.EOF:
		return nil, nil
	case err != nil:
		return nil, fmt.Errorf("is neither YAML nor JSON: %w", err)
	}
	var second yaml.Node
	if err := d.Decode(&second); err != io.EOF {
		return nil, wrongAt(second.Line, "a second document begins: put each document into a file of its own")
	}
	return r.node(&root, 0)
}

func (r *reader) node(n *yaml.Node, depth int) (any, error) {
	if err := r.count(depth, func() int { return n.Line }); err != nil {
		return nil, err
	}
	switch n.Kind {
	case yaml.DocumentNode:
		return r.node(n.Content[0], depth)
	case yaml.AliasNode:
		return r.node(n.Alias, depth+1)
	case yaml.ScalarNode:
		return scalar(n), nil
	case yaml.MappingNode:
		return r.nodeMapping(n, depth)
	}
	list := []any{}
	for _, item := range n.Content {
		value, err := r.node(item, depth+1)
		if err != nil {
			return nil, err
		}
		list = append(list, value)
	}
	return list, nil
}

func (r *reader) nodeMapping(n *yaml.Node, depth int) (any, error) {
	m := newMapping()
	merges := newMapping()
	for i := 0; i < len(n.Content); i += 2 {
		key := n.Content[i]
		value, err := r.node(n.Content[i+1], depth+1)
		switch {
		case err != nil:
		case key.Kind != yaml.ScalarNode:
			err = wrongAt(key.Line, "a key must be text")
		case key.ShortTag() == "!!merge":
			err = merges.add(key.Value, value, key.Line)
		default:
			err = m.add(key.Value, value, key.Line)
		}
		if err != nil {
			return nil, err
		}
	}
	for _, key := range merges.keys {
		if value, line := merges.find(key); !m.merge(value) {
			return nil, wrongAt(line, "%s: %s: must be a mapping, or a list of mappings", key, show(value))
		}
	}
	return m, nil
}

// merge adds the keys that m lacks of a mapping, or of a list of mappings, as <<: *anchor asks
// for. Of several the first counts. ok is false if value is anything else.
func (m *mapping) merge(value any) (ok bool) {
	list, isList := value.([]any)
	if !isList {
		list = []any{value}
	}
	for _, item := range list {
		from, isMapping := item.(*mapping)
		if !isMapping {
			return false
		}
		for _, key := range from.keys {
			if _, has := m.values[key]; !has {
				_ = m.add(key, from.values[key], from.lines[key]) // it is new
			}
		}
	}
	return true
}

// flags are the words without quotes that are flags in YAML 1.1, which the tools read, beside
// true and false.
var flags = []string{"no", "yes", "off", "on"}

func scalar(n *yaml.Node) any {
	word := strings.ToLower(n.Value)
	switch tag := n.ShortTag(); {
	case tag == "!!null":
		return nil
	case tag == "!!bool":
		return word == "true"
	case tag == "!!int" || tag == "!!float":
		var value float64
		if n.Decode(&value) == nil {
			return numeral{n.Value, value}
		}
	case n.Style == 0 && slices.Contains(flags, word):
		return word == "yes" || word == "on"
	}
	return n.Value
}
