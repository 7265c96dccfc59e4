package explain

import (
	"maps"
	"math"
	"slices"
	"strconv"
	"strings"

	"ranksweep/lora/peft"
)

// source is a config file that a tool reads. It remembers which keys were read, and the first
// error.
type source struct {
	root     *mapping
	converts bool // as tool.converts

	known  map[string]bool // keys that were read
	absent []string        // keys that were looked for in vain, where a default took their place
	quoted []string        // keys whose number is text, with quotes
	err    error
}

func newSource(m *mapping) *source { return &source{root: m, known: make(map[string]bool)} }

// fail keeps the first error. It is about a key, or about none.
func (s *source) fail(key, format string, values ...any) {
	_, line := s.root.find(key)
	s.failAt(line, format, values...)
}

func (s *source) failAt(line int, format string, values ...any) {
	if s.err == nil {
		s.err = wrongAt(line, format, values...)
	}
}

func (s *source) wrong(key string, value any, want string) {
	s.fail(key, "%s: %s: must be %s", key, show(value), want)
}

// get returns a key's value. ok is false if it has none.
func (s *source) get(key string) (value any, ok bool) {
	s.known[key] = true
	value, _ = s.root.find(key)
	return value, value != nil
}

// isNull reports whether a key is there and has no value.
func (s *source) isNull(key string) bool {
	value, line := s.root.find(key)
	return key != "" && value == nil && line > 0
}

// bears reports whether a file has a mark: a key, or a key and its value, as adapter=lora, or
// several of these joined by +.
func (s *source) bears(mark string) bool {
	for part := range strings.SplitSeq(mark, "+") {
		key, want, hasWant := strings.Cut(part, "=")
		value, _ := s.root.find(key)
		if text, _ := value.(string); value == nil || hasWant && text != want {
			return false
		}
	}
	return true
}

// rest lists the keys that were not read, without those in beside, which have nothing to do
// with adapters.
func (s *source) rest(beside []string) []string {
	known := make(map[string]bool) // with the sections that hold such keys
	for _, key := range slices.Concat(beside, slices.Collect(maps.Keys(s.known))) {
		known[key] = true
		for i, c := range key {
			if c == '.' && !known[key[:i]] {
				known[key[:i+1]] = true
			}
		}
	}
	return unread(s.root, "", known)
}

// unread lists keys of m and, where keys of a section are known, keys of that section.
func unread(m *mapping, prefix string, known map[string]bool) (keys []string) {
	for _, key := range slices.Sorted(slices.Values(m.keys)) {
		full := prefix + key
		inner, isSection := m.values[key].(*mapping)
		switch {
		case known[full] || m.values[key] == nil: // what is null is as absent
		case isSection && known[full+"."]:
			keys = append(keys, unread(inner, full+".", known)...)
		default:
			keys = append(keys, full)
		}
	}
	return keys
}

// whole reads a rank.
func (s *source) whole(key string, otherwise int) int {
	value, ok := s.get(key)
	if !ok {
		s.absent = append(s.absent, key)
		return otherwise
	}
	if n, ok := s.toWhole(key, value); ok && ofRank.holds(float64(n)) {
		return n
	}
	s.wrong(key, value, ofRank.want)
	return otherwise
}

func (s *source) toWhole(key string, value any) (int, bool) {
	n, ok := s.toNumber(key, value)
	whole := ok && n.value == math.Trunc(n.value) && math.Abs(n.value) <= 1<<53 && !strings.ContainsAny(n.text, ".eE")
	return int(n.value), whole
}

// number reads a number. A default of 0 stands for what is not set at all.
func (s *source) number(key string, otherwise float64, b bound) float64 {
	if key == "" {
		return otherwise
	}
	value, ok := s.get(key)
	if !ok {
		if otherwise != 0 {
			s.absent = append(s.absent, key)
		}
		return otherwise
	}
	n, ok := s.toNumber(key, value)
	if !ok || !b.holds(n.value) {
		s.wrong(key, value, b.want)
	}
	return n.value
}

// toNumber reads a number, also one in quotes, which it remembers.
func (s *source) toNumber(key string, value any) (n numeral, ok bool) {
	switch v := value.(type) {
	case numeral:
		n = v
	case string:
		f, err := strconv.ParseFloat(strings.TrimSpace(v), 64)
		if err != nil {
			return n, false
		}
		n = numeral{v, f}
		s.quoted = append(s.quoted, key)
	default:
		return n, false
	}
	return n, !math.IsNaN(n.value) && !math.IsInf(n.value, 0)
}

// flag reads true or false, also as words in quotes where the tool converts them.
func (s *source) flag(key string) bool {
	if key == "" {
		return false
	}
	value, ok := s.get(key)
	if !ok {
		return false
	}
	if v, isFlag := value.(bool); isFlag {
		return v
	}
	if text, isText := value.(string); isText {
		switch word := strings.ToLower(text); {
		case !s.converts:
			s.fail(key, "%s: %q: is text, and any text counts as true: write true or false without quotes", key, text)
		case slices.Contains([]string{"true", "yes", "on", "1"}, word):
			return true
		case slices.Contains([]string{"false", "no", "off", "0"}, word):
			return false
		}
	}
	s.wrong(key, value, "true or false")
	return false
}

func (s *source) text(key string) string {
	if key == "" {
		return ""
	}
	value, ok := s.get(key)
	v, isText := value.(string)
	if ok && !isText {
		s.wrong(key, value, "text")
	}
	return v
}

// names reads a list of names. A text is a list of one.
func (s *source) names(key string) (names []string) {
	if key == "" {
		return nil
	}
	value, ok := s.get(key)
	if text, isText := value.(string); isText {
		return []string{text}
	}
	list, isList := value.([]any)
	if ok && !isList {
		s.wrong(key, value, "a list of names")
	}
	for _, item := range list {
		name, isText := item.(string)
		if !isText {
			s.wrong(key, item, "names")
			return nil
		}
		names = append(names, name)
	}
	return names
}

// layers reads the number of a layer or a list of them.
func (s *source) layers(key string) (layers []int) {
	if key == "" {
		return nil
	}
	value, ok := s.get(key)
	if !ok {
		return nil
	}
	list, isList := value.([]any)
	if !isList {
		list = []any{value}
	}
	for _, item := range list {
		n, ok := s.toWhole(key, item)
		if !ok || n < 0 {
			s.wrong(key, item, "whole numbers of layers, the first of which is 0")
			return nil
		}
		layers = append(layers, n)
	}
	return layers
}

// patterns reads a mapping of patterns to numbers, in the order of the file.
func (s *source) patterns(key string, b bound) (patterns []Pattern) {
	if key == "" {
		return nil
	}
	value, ok := s.get(key)
	inner, isMapping := value.(*mapping)
	if !ok || !isMapping {
		if ok {
			s.wrong(key, value, "a mapping of names to numbers")
		}
		return nil
	}
	for _, name := range inner.keys {
		n, ok := s.toNumber(key, inner.values[name])
		if !ok || !b.holds(n.value) {
			s.failAt(inner.lines[name], "%s: %q: %s: must be %s", key, name, show(inner.values[name]), b.want)
		}
		if _, err := peft.Pattern(name); err != nil {
			s.failAt(inner.lines[name], "%s: %v", key, err)
		}
		patterns = append(patterns, Pattern{name, n.value})
	}
	return patterns
}

// asks reports whether a setting asks for anything.
func (s *source) asks(key string) bool {
	value, ok := s.get(key)
	switch v := value.(type) {
	case *mapping:
		return len(v.keys) > 0
	case numeral:
		return true
	}
	return ok && peft.Asks(value)
}
