package gguf

import (
	"fmt"
	"math"
	"reflect"
)

// Metadata is a file's values by their keys. A value is a Go number of the same width, a
// bool, a string, or a slice of one of these.
type Metadata map[string]any

// Int returns an integer of any width; ok is false if the key is absent.
func (m Metadata) Int(key string) (n int, ok bool, err error) {
	return get(m, key, "an integer", toInt)
}

// Float returns a float of any width.
func (m Metadata) Float(key string) (x float64, ok bool, err error) {
	return get(m, key, "a float", func(v reflect.Value) (float64, bool) {
		if !v.CanFloat() {
			return 0, false
		}
		return v.Float(), true
	})
}

// Bool returns a truth value.
func (m Metadata) Bool(key string) (b, ok bool, err error) { return exact[bool](m, key, "a bool") }

// String returns a string.
func (m Metadata) String(key string) (s string, ok bool, err error) {
	return exact[string](m, key, "a string")
}

// Strings returns an array of strings.
func (m Metadata) Strings(key string) (s []string, ok bool, err error) {
	return exact[[]string](m, key, "an array of strings")
}

// Floats returns an array of float32.
func (m Metadata) Floats(key string) (x []float32, ok bool, err error) {
	return exact[[]float32](m, key, "an array of float32")
}

// Ints returns an array of integers of any width.
func (m Metadata) Ints(key string) (n []int, ok bool, err error) {
	return get(m, key, "an array of integers", func(v reflect.Value) ([]int, bool) {
		if v.Kind() != reflect.Slice {
			return nil, false
		}
		all := make([]int, v.Len())
		for i := range all {
			n, ok := toInt(v.Index(i))
			if !ok {
				return nil, false
			}
			all[i] = n
		}
		return all, true
	})
}

func toInt(v reflect.Value) (int, bool) {
	switch {
	case v.CanInt():
		return int(v.Int()), v.Int() >= math.MinInt && v.Int() <= math.MaxInt
	case v.CanUint():
		return int(v.Uint()), v.Uint() <= math.MaxInt
	}
	return 0, false
}

func exact[T any](m Metadata, key, what string) (T, bool, error) {
	return get(m, key, what, func(v reflect.Value) (T, bool) {
		t, ok := v.Interface().(T)
		return t, ok
	})
}

// get returns the value of a key; a value of another kind is an error.
func get[T any](m Metadata, key, what string, convert func(reflect.Value) (T, bool)) (t T, ok bool, err error) {
	v, ok := m[key]
	if !ok {
		return t, false, nil
	}
	if t, ok = convert(reflect.ValueOf(v)); !ok {
		return t, false, fmt.Errorf("gguf: metadata %q is of type %T: must be %s", key, v, what)
	}
	return t, true, nil
}
