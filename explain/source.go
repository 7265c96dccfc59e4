package explain

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"maps"
	"math"
	"slices"
	"strings"

	"gopkg.in/yaml.v3"

	"ranksweep/lora/peft"
)

// source is a config file that a tool reads. It remembers which keys were read, and the first
// error.
type source struct {
	prefix string // prefix of a section's keys, such as "model." in torchtune
	values map[string]any
	known  map[string]bool
	err    *error
}

// parse reads a YAML file. JSON files are YAML too.
func parse(text []byte) (*source, error) {
	d := yaml.NewDecoder(bytes.NewReader(text))
	s := &source{known: make(map[string]bool), err: new(error)}
	switch err := d.Decode(&s.values); {
	case err == io.EOF || err == nil && len(s.values) == 0:
		return nil, errors.New("is empty")
	case err != nil:
		return nil, fmt.Errorf("must be a mapping of keys to values: %w", err)
	}
	if err := d.Decode(new(any)); err != io.EOF {
		return nil, errors.New("a second document begins: put each document into a file of its own")
	}
	return s, nil
}

// has reports whether a key has a value. A dot in the key leads into a section.
func (s *source) has(key string) bool {
	if section, rest, ok := strings.Cut(key, "."); ok {
		inner, _ := s.values[section].(map[string]any)
		return inner[rest] != nil
	}
	return s.values[key] != nil
}

// section returns the keys below a key. The tool must read all of them.
func (s *source) section(key string) *source {
	s.known[key] = true
	inner, ok := s.values[key].(map[string]any)
	if !ok && s.values[key] != nil {
		s.wrong(key, "a mapping of keys to values")
	}
	return &source{prefix: s.prefix + key + ".", values: inner, known: make(map[string]bool), err: s.err}
}

// rest lists the keys that were not read, without those in beside, which have nothing to do
// with adapters.
func (s *source) rest(beside ...string) []string {
	var keys []string
	for _, key := range slices.Sorted(maps.Keys(s.values)) {
		if !s.known[key] && !slices.Contains(beside, key) {
			keys = append(keys, s.prefix+key)
		}
	}
	return keys
}

func (s *source) wrong(key, want string) {
	if *s.err == nil {
		*s.err = fmt.Errorf("%s%s: %v: must be %s", s.prefix, key, s.values[key], want)
	}
}

// get returns a key's value. ok is false if it has none.
func (s *source) get(key string) (value any, ok bool) {
	s.known[key] = true
	value = s.values[key]
	return value, value != nil
}

// whole reads a whole number of at least 1, such as a rank.
func (s *source) whole(key string, otherwise int) int {
	value, ok := s.get(key)
	if !ok {
		return otherwise
	}
	const most = 1 << 20 // the bound of a ranksweep experiment
	if v, isWhole := value.(int); isWhole && v >= 1 && v <= most {
		return v
	}
	s.wrong(key, fmt.Sprintf("a whole number from 1 to %d", most))
	return otherwise
}

func (s *source) number(key string, otherwise float64) float64 {
	value, ok := s.get(key)
	if !ok {
		return otherwise
	}
	if v, isNumber := toNumber(value); isNumber {
		return v
	}
	s.wrong(key, "a finite number")
	return otherwise
}

func toNumber(value any) (float64, bool) {
	switch v := value.(type) {
	case int:
		return float64(v), true
	case float64:
		return v, !math.IsNaN(v) && !math.IsInf(v, 0)
	}
	return 0, false
}

func (s *source) flag(key string) bool {
	value, ok := s.get(key)
	v, isFlag := value.(bool)
	if ok && !isFlag {
		s.wrong(key, "true or false")
	}
	return v
}

func (s *source) text(key string) string {
	value, ok := s.get(key)
	v, isText := value.(string)
	if ok && !isText {
		s.wrong(key, "text")
	}
	return v
}

// names reads a list of names, or a text of names separated by sep. With an empty sep, a text
// is one name.
func (s *source) names(key, sep string) (names []string) {
	value, ok := s.get(key)
	if !ok {
		return nil
	}
	switch v := value.(type) {
	case string:
		if sep == "" {
			return []string{v}
		}
		for _, name := range strings.Split(v, sep) {
			if name = strings.TrimSpace(name); name != "" {
				names = append(names, name)
			}
		}
		return names
	case []any:
		for _, item := range v {
			name, isText := item.(string)
			if !isText {
				s.wrong(key, "a list of names")
				return nil
			}
			names = append(names, name)
		}
		return names
	}
	s.wrong(key, "names")
	return nil
}

// numbers reads a mapping of names to numbers.
func (s *source) numbers(key string) map[string]float64 {
	value, ok := s.get(key)
	if !ok {
		return nil
	}
	inner, ok := value.(map[string]any)
	if !ok {
		s.wrong(key, "a mapping of names to numbers")
		return nil
	}
	numbers := make(map[string]float64)
	for name, v := range inner {
		if numbers[name], ok = toNumber(v); !ok {
			s.wrong(key, "a mapping of names to finite numbers")
		}
	}
	return numbers
}

// asks reports whether a setting asks for anything.
func (s *source) asks(key string) bool {
	value, _ := s.get(key)
	return peft.Asks(value)
}
