package gguf

import (
	"encoding/binary"
	"fmt"
)

// The codes of the kinds of metadata that are not numbers.
const (
	kindString = 8
	kindArray  = 9
)

// number is a kind of metadata of a fixed size.
type number struct {
	size   int // bytes
	scalar func(b []byte) any
	array  func(b []byte) any
}

// numbers maps a kind's code to the kind.
var numbers = map[uint32]number{
	0: numberOf[uint8](), 1: numberOf[int8](),
	2: numberOf[uint16](), 3: numberOf[int16](),
	4: numberOf[uint32](), 5: numberOf[int32](), 6: numberOf[float32](),
	7:  numberOf[bool](),
	10: numberOf[uint64](), 11: numberOf[int64](), 12: numberOf[float64](),
}

func numberOf[T any]() number {
	var zero T
	size := binary.Size(zero)
	array := func(b []byte) []T {
		v := make([]T, len(b)/size)
		if _, err := binary.Decode(b, binary.LittleEndian, v); err != nil {
			panic(err) // b is as long as v, and T has a fixed size
		}
		return v
	}
	return number{
		size:   size,
		scalar: func(b []byte) any { return array(b)[0] },
		array:  func(b []byte) any { return array(b) },
	}
}

// value reads a value of a kind.
func (r *reader) value(kind uint32) any {
	switch n, ok := numbers[kind]; {
	case ok:
		if b := r.take(uint64(n.size)); b != nil {
			return n.scalar(b)
		}
		return nil
	case kind == kindString:
		return r.string()
	case kind == kindArray:
		return r.array()
	}
	r.fail(fmt.Errorf("kind %d of value is unknown", kind))
	return nil
}

// array reads an array. An array of arrays is refused, as by llama.cpp.
func (r *reader) array() any {
	kind, count := r.uint32(), r.uint64()
	if n, ok := numbers[kind]; ok {
		if b := r.items(count, n.size); b != nil {
			return n.array(b)
		}
		return nil
	}
	if kind != kindString {
		r.fail(fmt.Errorf("an array of kind %d: must be of numbers or strings", kind))
		return nil
	}
	const shortest = 8 // a string's length
	if !r.room(count, shortest) {
		return nil
	}
	v := make([]string, count)
	for i := range v {
		v[i] = r.string()
	}
	return v
}
