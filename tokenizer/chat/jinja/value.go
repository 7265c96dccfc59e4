package jinja

import (
	"fmt"
	"math"
	"strings"
)

// value is a Python value: none, undefined, bool, int, float64, string, safe, list, tuple,
// *dict, span, view, *iterator, *namespace, *loop or *function. nil stands for no value at all.
type value any

type (
	none      struct{}
	undefined struct{ why string } // why is the text of the error if it is used
	safe      string               // text marked as safe: Python escapes texts that are joined to it
	list      []value
	tuple     []value
	span      struct{ start, stop, step int } // the result of range
	namespace struct{ names map[string]value }
	// view is the result of the methods keys, values and items of a dict.
	view struct {
		name string
		of   *dict
	}
	// iterator gives each of its values once.
	iterator struct{ next func() (value, bool) }
	// function is a macro, a method of a value, or one of Jinja's own.
	function struct {
		name string
		call func(r *run, a args) value
	}
)

// Unknown is the value of a variable that Hugging Face's library would provide and that is not
// known here. Reading it is an error with this text.
type Unknown string

// dict keeps its keys in the order in which they were added.
type dict struct {
	keys, values []value
	index        map[any]int
}

func newDict() *dict { return &dict{index: make(map[any]int)} }

// hash returns a value that is the same for equal keys. ok is false for values that cannot be
// keys.
func hash(v value) (key any, ok bool) {
	switch v := v.(type) {
	case bool, int:
		n, _ := whole(v)
		return n, true
	case float64:
		if n := int(v); float64(n) == v && math.Abs(v) < 1<<62 {
			return n, true
		}
		return v, !math.IsNaN(v)
	case safe:
		return string(v), true
	case string, none:
		return v, true
	}
	return nil, false
}

// get returns the value of a key, which it reads.
func (r *run) get(d *dict, key value) (value, bool) {
	if text, ok := plain(key); ok {
		r.read(text)
	}
	if h, ok := hash(key); ok {
		if i, ok := d.index[h]; ok {
			return d.values[i], true
		}
	}
	return nil, false
}

// set sets the value of a key. ok is false for a key of a type that cannot be one.
func (d *dict) set(key, v value) (ok bool) {
	h, ok := hash(key)
	if i, found := d.index[h]; found {
		d.values[i] = v
	} else if ok {
		d.index[h] = len(d.keys)
		d.keys, d.values = append(d.keys, key), append(d.values, v)
	}
	return ok
}

func (r *run) put(d *dict, key, v value) {
	r.grow(entryBytes)
	if text, ok := plain(key); ok {
		r.read(text)
	}
	if !d.set(key, v) {
		r.fail("a dict cannot have a key of type %s here", kind(key))
	}
}

func (r *run) pairs(d *dict) list {
	r.growTimes(len(d.keys), 3*itemBytes)
	pairs := make(list, len(d.keys))
	for i, key := range d.keys {
		pairs[i] = tuple{key, d.values[i]}
	}
	return pairs
}

func (r *run) viewed(v view) list {
	switch v.name {
	case "keys":
		return v.of.keys
	case "values":
		return v.of.values
	}
	return r.pairs(v.of)
}

func (s span) len() int {
	switch {
	case s.step > 0 && s.start < s.stop:
		return (s.stop-s.start-1)/s.step + 1
	case s.step < 0 && s.start > s.stop:
		return (s.start-s.stop-1)/-s.step + 1
	}
	return 0
}

// kind returns Python's name of a value's type.
func kind(v value) string {
	switch v := v.(type) {
	case none:
		return "None"
	case undefined:
		return "undefined"
	case string:
		return "str"
	case float64:
		return "float"
	case safe:
		return "safe str"
	case *dict:
		return "dict"
	case span:
		return "range"
	case view:
		return "dict_" + v.name
	case *iterator:
		return "generator"
	case *function:
		return "function"
	}
	return typeName(v)
}

func typeName(v value) string { // int, jinja.list, *jinja.loop
	name := fmt.Sprintf("%T", v)
	return name[strings.LastIndexByte(name, '.')+1:]
}

// truth returns Python's bool(v).
func (r *run) truth(v value) bool {
	switch v := v.(type) {
	case bool:
		return v
	case int:
		return v != 0
	case float64:
		return v != 0
	case none, undefined:
		return false
	}
	n, ok := r.size(v)
	return !ok || n > 0
}

// size returns Python's len(v); ok is false for values without a length.
func (r *run) size(v value) (n int, ok bool) {
	switch v := v.(type) {
	case undefined:
		return 0, true
	case string:
		return r.count(v), true
	case safe:
		return r.count(string(v)), true
	case list:
		return len(v), true
	case tuple:
		return len(v), true
	case *dict:
		return len(v.keys), true
	case span:
		return v.len(), true
	case view:
		return len(v.of.keys), true
	case *loop:
		return v.length(r), true
	}
	return 0, false
}

// whole returns a bool or an int as int.
func whole(v value) (int, bool) {
	switch v := v.(type) {
	case int:
		return v, true
	case bool:
		if v {
			return 1, true
		}
		return 0, true
	}
	return 0, false
}
