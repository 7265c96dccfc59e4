package data

import (
	"encoding/json"
	"fmt"
	"slices"
)

// record is an object that holds an example, and the first error in reading it.
type record struct {
	object
	err error
}

// parse returns the example of an object.
func (r *record) parse(raw []byte) (Example, error) {
	if err := checkUTF8(raw); err != nil {
		return nil, err
	}
	if raw[0] != '{' {
		return nil, fmt.Errorf("must be an object, not %s", typeName(raw))
	}
	if err := r.set(raw); err != nil {
		return nil, err
	}
	f, err := r.form()
	if err != nil {
		return nil, err
	}
	r.err = nil
	x := f.example(r)
	return x, r.err
}

// text returns a field that must be a string.
func (r *record) text(name string) string {
	return r.string(name, r.member(name))
}

// line returns a field and a line feed; nothing if the field is absent or empty.
func (r *record) line(name string) string {
	if !r.has(name) {
		return ""
	}
	if text := r.text(name); text != "" {
		return text + "\n"
	}
	return ""
}

// member returns the value of a field; nil if it is absent.
func (r *record) member(name string) []byte {
	if !slices.Contains(r.names, name) {
		return nil
	}
	return r.values[name]
}

// string decodes raw, which must be a string.
func (r *record) string(name string, raw []byte) string {
	var text string
	if r.must(name, raw, '"') {
		r.fail(json.Unmarshal(raw, &text))
	}
	return text
}

// must reports whether raw, which is valid JSON or absent, begins like the wanted type, and
// makes it an error if not.
func (r *record) must(name string, raw []byte, first byte) bool {
	switch {
	case len(raw) == 0:
		r.fail(fmt.Errorf("%s is missing", name))
	case raw[0] != first:
		r.fail(fmt.Errorf("%s: must be %s, not %s", name, typeName([]byte{first}), typeName(raw)))
	}
	return len(raw) > 0 && raw[0] == first
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

// isEmpty reports whether a JSON value says nothing: null, or a string, list or object without
// content.
func isEmpty(raw []byte) bool {
	switch raw[0] {
	case '{', '[':
		for range parts(raw) {
			return false
		}
		return true
	case '"':
		return len(raw) == 2
	}
	return raw[0] == 'n'
}
