package arrays

import (
	"encoding/binary"
	"math"

	"github.com/nlpodyssey/safetensors"
)

// Array is an array in a file: its form, and a function that makes its bytes.
type Array struct {
	dtype safetensors.DType
	shape []int
	bytes func() []byte
}

// DType implements safetensors.View, as do the next methods.
func (a Array) DType() safetensors.DType { return a.dtype }

// Shape returns the lengths of the sides.
func (a Array) Shape() []uint64 {
	shape := make([]uint64, len(a.shape))
	for i, n := range a.shape {
		shape[i] = uint64(n)
	}
	return shape
}

// DataLen returns the number of bytes.
func (a Array) DataLen() uint64 {
	n := uint64(a.dtype.Size())
	for _, side := range a.shape {
		n *= uint64(side)
	}
	return n
}

// Data makes the bytes.
func (a Array) Data() []byte { return a.bytes() }

// Floats32 is an array of float32, (rows, cols), that is drawn when it is written.
func Floats32(rows, cols int, draw func() []float32) Array {
	return Array{safetensors.F32, []int{rows, cols}, func() []byte {
		values := draw()
		text := make([]byte, 0, 4*len(values))
		for _, v := range values {
			text = binary.LittleEndian.AppendUint32(text, math.Float32bits(v))
		}
		return text
	}}
}

// Floats64 is a list of float64.
func Floats64(values []float64) Array {
	return Array{safetensors.F64, []int{len(values)}, func() []byte {
		text := make([]byte, 0, 8*len(values))
		for _, v := range values {
			text = binary.LittleEndian.AppendUint64(text, math.Float64bits(v))
		}
		return text
	}}
}

// Ints is a list of whole numbers.
func Ints[T int | int32](values []T) Array {
	return Array{safetensors.I64, []int{len(values)}, func() []byte {
		text := make([]byte, 0, 8*len(values))
		for _, v := range values {
			text = binary.LittleEndian.AppendUint64(text, uint64(int64(v)))
		}
		return text
	}}
}

// Bytes is a list of bytes.
func Bytes(content []byte) Array {
	return Array{safetensors.U8, []int{len(content)}, func() []byte { return content }}
}
