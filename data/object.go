package data

import (
	"bytes"
	"encoding/json"
	"iter"
	"slices"
)

// object holds the members of a JSON object whose values are not null.
type object struct {
	names  []string // in the order of the text
	values map[string][]byte
}

// set fills o with the members of raw, an object of valid JSON. Of two members of one name the
// last counts. The values are parts of raw.
func (o *object) set(raw []byte) error {
	if o.values == nil {
		o.values = make(map[string][]byte)
	}
	o.names = o.names[:0]
	clear(o.values)
	for part := range parts(raw) {
		var name string
		n := end(part)
		if err := json.Unmarshal(part[:n], &name); err != nil {
			return err
		}
		value := bytes.TrimLeft(part[n:], " \t\r\n:")
		if _, ok := o.values[name]; !ok {
			o.names = append(o.names, name)
		}
		o.values[name] = value
	}
	isNull := func(name string) bool { return o.values[name][0] == 'n' }
	o.names = slices.DeleteFunc(o.names, isNull)
	return nil
}

func (o *object) has(names ...string) bool {
	return !slices.ContainsFunc(names, func(name string) bool { return !slices.Contains(o.names, name) })
}

// parts yields the elements of a list or the members of an object, without copying them. raw
// is valid JSON.
func parts(raw []byte) iter.Seq[[]byte] {
	return func(yield func([]byte) bool) {
		at := 1
		for i := 1; i < len(raw); i++ {
			switch c := raw[i]; c {
			case '"', '[', '{':
				i += end(raw[i:]) - 1
			case ',', ']', '}':
				part := bytes.TrimSpace(raw[at:i])
				if len(part) > 0 && !yield(part) {
					return
				}
				at = i + 1
			}
		}
	}
}

// end returns the length of the string, list or object with which raw begins.
func end(raw []byte) int {
	depth := 0
	for i := 0; ; i++ {
		switch raw[i] {
		case '"':
			i += quoted(raw[i:]) - 1
		case '[', '{':
			depth++
		case ']', '}':
			depth--
		}
		if depth == 0 {
			return i + 1
		}
	}
}

// quoted returns the length of the string with which raw begins.
func quoted(raw []byte) int {
	for i := 1; ; i++ {
		i += bytes.IndexAny(raw[i:], `"\`)
		if raw[i] == '"' {
			return i + 1
		}
		i++ // what is escaped
	}
}
