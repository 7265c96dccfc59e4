package data

import (
	"encoding/json"
	"fmt"
)

// record is the object on a line, and the first error in reading it.
type record struct {
	fields map[string]json.RawMessage
	err    error
}

func (r *record) has(names []string) bool {
	for _, name := range names {
		if _, ok := r.fields[name]; !ok {
			return false
		}
	}
	return true
}

// text returns a field that must be a string.
func (r *record) text(name string) string {
	var text string
	r.read(name, r.fields[name], '"', &text)
	return text
}

// optional returns a string that may be null or absent.
func (r *record) optional(name string) string {
	if raw, ok := r.fields[name]; !ok || raw[0] == 'n' {
		return ""
	}
	return r.text(name)
}

// read decodes raw, which is valid JSON or absent, if its first byte is that of the wanted
// type.
func (r *record) read(name string, raw json.RawMessage, first byte, value any) {
	switch {
	case len(raw) == 0:
		r.fail(fmt.Errorf("%s is missing", name))
	case raw[0] != first:
		r.fail(fmt.Errorf("%s: must be %s, not %s", name, typeName([]byte{first}), typeName(raw)))
	default:
		r.fail(json.Unmarshal(raw, value))
	}
}

// fail keeps the first error.
func (r *record) fail(err error) {
	if r.err == nil {
		r.err = err
	}
}

// typeName names the type of a JSON value.
func typeName(raw []byte) string {
	switch raw[0] {
	case '{':
		return "an object"
	case '[':
		return "a list"
	case '"':
		return "a string"
	case 't', 'f':
		return "a boolean"
	case 'n':
		return "null"
	}
	return "a number"
}
