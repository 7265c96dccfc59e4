package external

import (
	"encoding/binary"
	"fmt"
	"io"
	"math"

	"github.com/nlpodyssey/safetensors"

	"ranksweep/data"
	"ranksweep/nn"
	"ranksweep/wholefile"
)

// arrays are the arrays of one safetensors file, by name. Each is made only when it is
// written, so that memory holds one of them at a time.
type arrays map[string]array

// array is a named array in a file: its form, and a function that makes its bytes.
type array struct {
	dtype safetensors.DType
	shape []int
	bytes func() []byte
}

// DType implements safetensors.View, as do the next methods.
func (a array) DType() safetensors.DType { return a.dtype }

// Shape returns the lengths of the sides.
func (a array) Shape() []uint64 {
	shape := make([]uint64, len(a.shape))
	for i, n := range a.shape {
		shape[i] = uint64(n)
	}
	return shape
}

// DataLen returns the number of bytes.
func (a array) DataLen() uint64 {
	n := uint64(a.dtype.Size())
	for _, side := range a.shape {
		n *= uint64(side)
	}
	return n
}

// Data makes the bytes.
func (a array) Data() []byte { return a.bytes() }

func (all arrays) write(path string) error {
	return wholefile.Write(path, func(w io.Writer) error { return safetensors.SerializeToWriter(all, nil, w) })
}

// floats32 is an array of float32 that is drawn when it is written.
func floats32(rows, cols int, draw func() []float32) array {
	return array{safetensors.F32, []int{rows, cols}, func() []byte {
		values := draw()
		text := make([]byte, 0, 4*len(values))
		for _, v := range values {
			text = binary.LittleEndian.AppendUint32(text, math.Float32bits(v))
		}
		return text
	}}
}

func floats64(values []float64) array {
	return array{safetensors.F64, []int{len(values)}, func() []byte {
		text := make([]byte, 0, 8*len(values))
		for _, v := range values {
			text = binary.LittleEndian.AppendUint64(text, math.Float64bits(v))
		}
		return text
	}}
}

func ints[T int | int32](values []T) array {
	return array{safetensors.I64, []int{len(values)}, func() []byte {
		text := make([]byte, 0, 8*len(values))
		for _, v := range values {
			text = binary.LittleEndian.AppendUint64(text, uint64(int64(v)))
		}
		return text
	}}
}

// addSequences adds a set of sequences: their tokens and targets end to end, and where each
// starts and the last one ends.
func (all arrays) addSequences(set string, sequences []data.Sequence) {
	var b nn.Batch
	data.Fill(&b, sequences)
	for name, a := range map[string]array{
		"tokens": ints(b.Tokens), "targets": ints(b.Targets), "starts": ints(b.Starts),
	} {
		all[fmt.Sprintf("%s.%s", set, name)] = a
	}
}
