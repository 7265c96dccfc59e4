package explain

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"path/filepath"
	"strings"
	"unicode/utf8"
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
