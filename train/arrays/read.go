package arrays

import (
	"encoding/binary"
	"fmt"
	"math"

	"github.com/nlpodyssey/safetensors"
)

// maxHeader bounds the header of a file that is read, in bytes. A hundred thousand arrays have
// 20 MB.
const maxHeader = 64 << 20

// Parse reads the content of a file: its arrays, which share memory with the content, and its
// texts.
func Parse(content []byte) (Set, map[string]string, error) {
	if len(content) >= 8 && binary.LittleEndian.Uint64(content) > maxHeader {
		return nil, nil, fmt.Errorf("its header has more than %d MB", maxHeader>>20)
	}
	parsed, err := safetensors.Deserialize(content)
	if err != nil {
		return nil, nil, fmt.Errorf("it is damaged or cut off: %w", err)
	}
	_, header, err := safetensors.ReadMetadata(content)
	if err != nil {
		return nil, nil, err
	}
	s := make(Set)
	for _, v := range parsed.Tensors() {
		data := v.TensorView.Data()
		a := Array{dtype: v.TensorView.DType(), bytes: func() []byte { return data }}
		for _, n := range v.TensorView.Shape() {
			if n > math.MaxInt {
				return nil, nil, fmt.Errorf("array %q: no array has a side of %d", v.Name, n)
			}
			a.shape = append(a.shape, int(n))
		}
		s[v.Name] = a
	}
	return s, header.Metadata(), nil
}

// Float64s returns the values of an array of float64.
func (s Set) Float64s(name string) ([]float64, error) {
	data, err := s.data(name, safetensors.F64)
	values := make([]float64, len(data)/8)
	for i := range values {
		values[i] = math.Float64frombits(binary.LittleEndian.Uint64(data[8*i:]))
	}
	return values, err
}

// Float32s writes the values of an array of float32, which must have len(dst) values, to dst.
func (s Set) Float32s(dst []float32, name string) error {
	data, err := s.data(name, safetensors.F32)
	if err == nil && len(data) != 4*len(dst) {
		err = fmt.Errorf("array %q has %d values: must have %d", name, len(data)/4, len(dst))
	}
	if err != nil {
		return err
	}
	for i := range dst {
		dst[i] = math.Float32frombits(binary.LittleEndian.Uint32(data[4*i:]))
	}
	return nil
}

// Content returns a list of bytes, which shares memory with the file's content.
func (s Set) Content(name string) ([]byte, error) { return s.data(name, safetensors.U8) }

func (s Set) data(name string, dtype safetensors.DType) ([]byte, error) {
	a, ok := s[name]
	if !ok {
		return nil, fmt.Errorf("it has no array %q", name)
	}
	if a.dtype != dtype {
		return nil, fmt.Errorf("array %q is %s: must be %s", name, a.dtype, dtype)
	}
	return a.Data(), nil
}
