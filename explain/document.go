package explain

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"slices"
	"strings"
	"unicode/utf8"

	"gopkg.in/yaml.v3"
)

// mapping is a mapping of a config file. A value is nil, a bool, a numeral, a string, []any or
// *mapping.
type mapping struct {
	keys   []string // in the order of the file
	values map[string]any
	lines  map[string]int // of the keys
}

// numeral is a number, and how the file writes it.
type numeral struct {
	text  string
	value float64
}

// The bounds of a config file. An adapter of 5,000 maps, each named, has 1 MB and 15,000 values.
const (
	mostBytes  = 8 << 20
	mostValues = 1 << 18
	deepest    = 100
)

// lineError is an error with the line that it is about, or 0.
type lineError struct {
	line int
	text string
}

func (e *lineError) Error() string { return e.text }

func wrongAt(line int, format string, values ...any) error {
	return &lineError{line, fmt.Sprintf(format, values...)}
}

// reader turns the text of a config into a mapping.
type reader struct {
	values int // read so far

	// of JSON
	text    []byte
	decoder *json.Decoder
	offset  int // up to which lines are counted
	line    int
}

// parse reads a config file. A name that ends in .json makes it JSON. Otherwise it is JSON if
// it can be, and else YAML.
func parse(name string, text []byte) (*mapping, error) {
	text = bytes.TrimPrefix(text, []byte("\uFEFF"))
	if !utf8.Valid(text) {
		return nil, errors.New("is not UTF-8 text: a config is YAML or JSON in UTF-8")
	}
	r := &reader{text: text, line: 1}
	value, err := r.yaml, error(nil)
	if strings.EqualFold(filepath.Ext(name), ".json") || json.Valid(text) {
		value = r.json
	}
	root, err := value()
	if err != nil {
		return nil, err
	}
	m, isMapping := root.(*mapping)
	switch {
	case root == nil || isMapping && len(m.keys) == 0:
		return nil, errors.New("is empty")
	case !isMapping:
		return nil, fmt.Errorf("%s: must be a mapping of keys to values", show(root))
	}
	return m, nil
}

// json reads the whole text as JSON, in which, unlike in YAML, \ud83e\udd99 is one character.
func (r *reader) json() (any, error) {
	if len(bytes.TrimSpace(r.text)) == 0 {
		return nil, nil
	}
	r.decoder = json.NewDecoder(bytes.NewReader(r.text))
	r.decoder.UseNumber()
	value, err := r.jsonValue(0)
	if err == nil {
		if _, more := r.decoder.Token(); more != io.EOF {
			err = errors.New("something follows the closing bracket")
		}
	}
	if err != nil {
		var at *lineError
		if !errors.As(err, &at) {
			err = wrongAt(r.here(), "is not JSON: %v", err)
		}
		return nil, err
	}
	return value, nil
}

func (r *reader) jsonValue(depth int) (any, error) {
	token, err := r.decoder.Token()
	if err == nil {
		err = r.count(depth, r.here)
	}
	if err != nil {
		return nil, err
	}
	switch token := token.(type) {
	case json.Number:
		value, _ := token.Float64() // beyond float64 it is an infinity, which no setting can be
		return numeral{token.String(), value}, nil
	case json.Delim:
		if token == '[' {
			return r.jsonList(depth)
		}
		return r.jsonMapping(depth)
	}
	return token, nil
}

func (r *reader) jsonList(depth int) (any, error) {
	list := []any{}
	for r.decoder.More() {
		value, err := r.jsonValue(depth + 1)
		if err != nil {
			return nil, err
		}
		list = append(list, value)
	}
	_, err := r.decoder.Token()
	return list, err
}

func (r *reader) jsonMapping(depth int) (any, error) {
	m := newMapping()
	for r.decoder.More() {
		key, err := r.decoder.Token()
		if err != nil {
			return nil, err
		}
		line := r.here()
		value, err := r.jsonValue(depth + 1)
		if err == nil {
			err = m.add(key.(string), value, line)
		}
		if err != nil {
			return nil, err
		}
	}
	_, err := r.decoder.Token()
	return m, err
}

// here returns the line that the JSON decoder has come to.
func (r *reader) here() int {
	offset := min(int(r.decoder.InputOffset()), len(r.text))
	r.line += bytes.Count(r.text[r.offset:offset], []byte("\n"))
	r.offset = offset
	return r.line
}

// count counts one more value.
func (r *reader) count(depth int, line func() int) error {
	switch r.values++; {
	case depth > deepest:
		return wrongAt(line(), "values within values, more than %d deep", deepest)
	case r.values > mostValues:
		return wrongAt(line(), "more than %d values: a config has fewer", mostValues)
	}
	return nil
}

func newMapping() *mapping {
	return &mapping{values: make(map[string]any), lines: make(map[string]int)}
}

// add adds a key, which must be new. Of two equal keys some programs take the last, others none.
func (m *mapping) add(key string, value any, line int) error {
	if _, ok := m.values[key]; ok {
		return wrongAt(line, "%q: is there twice, the first time in line %d: leave one", key, m.lines[key])
	}
	m.keys = append(m.keys, key)
	m.values[key], m.lines[key] = value, line
	return nil
}

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
	if err := d.Decode(new(yaml.Node)); err != io.EOF {
		return nil, errors.New("a second document begins: put each document into a file of its own")
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
	var merged []any
	for i := 0; i < len(n.Content); i += 2 {
		key := n.Content[i]
		value, err := r.node(n.Content[i+1], depth+1)
		switch {
		case err != nil:
		case key.Kind != yaml.ScalarNode:
			err = wrongAt(key.Line, "a key must be text")
		case key.ShortTag() == "!!merge":
			merged = append(merged, value)
		default:
			err = m.add(key.Value, value, key.Line)
		}
		if err != nil {
			return nil, err
		}
	}
	m.merge(merged)
	return m, nil
}

// merge adds the keys of mappings that m lacks, as <<: *anchor asks for.
func (m *mapping) merge(values []any) {
	for _, value := range values {
		switch value := value.(type) {
		case []any:
			m.merge(value)
		case *mapping:
			for _, key := range value.keys {
				if _, ok := m.values[key]; !ok {
					_ = m.add(key, value.values[key], value.lines[key]) // it is new
				}
			}
		}
	}
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

// find returns the value of a key, and its line. A dot leads into a section.
func (m *mapping) find(key string) (value any, line int) {
	if value, ok := m.values[key]; ok {
		return value, m.lines[key]
	}
	section, rest, _ := strings.Cut(key, ".")
	if inner, ok := m.values[section].(*mapping); ok && rest != "" {
		return inner.find(rest)
	}
	return nil, 0
}

// show writes a value for an error, and shortens it if it is long.
func show(value any) string {
	switch v := value.(type) {
	case nil:
		return "null"
	case numeral:
		return v.text
	case string:
		if len(v) > 60 {
			return fmt.Sprintf("%.60q…", v)
		}
		return fmt.Sprintf("%q", v)
	case []any:
		return fmt.Sprintf("a list of %d", len(v))
	case *mapping:
		return fmt.Sprintf("a mapping of %d keys", len(v.keys))
	}
	return fmt.Sprint(value)
}
