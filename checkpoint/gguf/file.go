package gguf

import (
	"cmp"
	"errors"
	"fmt"
	"math"
	"math/bits"
	"slices"
)

// File is the content of a GGUF file.
type File struct {
	Version  int
	Metadata Metadata
	Tensors  []Tensor // in the order of the file
}

// Tensor is a tensor in the form of its file.
type Tensor struct {
	Name  string
	Shape []int // (out, in) for a matrix; a file has the two the other way round
	Type  Type
	Data  []byte // part of the file's content
}

// Len returns the number of elements.
func (t Tensor) Len() int { return t.Type.Len(len(t.Data)) }

// Decode writes the tensor's values to dst, of length Len.
func (t Tensor) Decode(dst []float32) { t.Type.Decode(dst, t.Data) }

const magic = "GGUF"

// Parse reads the directory of a file. The tensors' data share the memory of content.
func Parse(content []byte) (*File, error) {
	r := &reader{content: content}
	f, err := r.file()
	if err != nil {
		return nil, fmt.Errorf("gguf: %w", err)
	}
	return f, nil
}

func (r *reader) file() (*File, error) {
	if m := string(r.take(uint64(len(magic)))); m != magic {
		return nil, fmt.Errorf("begins with %q: must be %q", m, magic)
	}
	f := &File{Version: int(r.uint32()), Metadata: make(Metadata)}
	if f.Version != 2 && f.Version != 3 {
		return nil, cmp.Or(r.err, fmt.Errorf("version %d: must be 2 or 3, little-endian", f.Version))
	}
	tensors, pairs := r.uint64(), r.uint64()
	if err := r.metadata(f.Metadata, pairs); err != nil {
		return nil, err
	}
	alignment, err := f.Metadata.alignment()
	if err != nil {
		return nil, err
	}
	places, err := r.directory(tensors)
	if err != nil {
		return nil, err
	}
	r.at = int(min(roundUp(uint64(r.at), alignment), uint64(len(r.content))))
	f.Tensors, err = locate(places, r.content[r.at:], alignment)
	return f, err
}

// metadata reads the given number of keys with their values.
func (r *reader) metadata(m Metadata, pairs uint64) error {
	for i := uint64(0); i < pairs && r.err == nil; i++ {
		key := r.string()
		value := r.value(r.uint32())
		if r.err != nil {
			return fmt.Errorf("metadata %d of %d, %q: %w", i+1, pairs, key, r.err)
		}
		if _, ok := m[key]; ok {
			return fmt.Errorf("metadata %q stands there twice", key)
		}
		m[key] = value
	}
	return r.err
}

// place is an entry of the tensor directory.
type place struct {
	Tensor
	offset, size uint64 // offset and size of its data, from the beginning of all data
}

// directory reads the entries of the given number of tensors.
func (r *reader) directory(count uint64) ([]place, error) {
	var places []place
	seen := make(map[string]bool)
	for i := uint64(0); i < count && r.err == nil; i++ {
		p, err := r.place()
		if err = cmp.Or(r.err, err); err != nil {
			return nil, fmt.Errorf("tensor %d of %d, %q: %w", i+1, count, p.Name, err)
		}
		if seen[p.Name] {
			return nil, fmt.Errorf("tensor %q stands there twice", p.Name)
		}
		seen[p.Name] = true
		places = append(places, p)
	}
	return places, r.err
}

func (r *reader) place() (place, error) {
	p := place{Tensor: Tensor{Name: r.string()}}
	const most = 4 // dimensions in ggml
	dims := r.uint32()
	if dims > most {
		return p, fmt.Errorf("%d dimensions: must be at most %d", dims, most)
	}
	elements, fits := uint64(1), true
	row := uint64(1) // number of adjacent elements
	for i := range dims {
		n := r.uint64()
		if i == 0 {
			row = n
		}
		high, low := bits.Mul64(elements, n)
		elements, fits = low, fits && high == 0 && n <= math.MaxInt32
		p.Shape = append(p.Shape, int(n))
	}
	slices.Reverse(p.Shape)
	p.Type, p.offset = Type(r.uint32()), r.uint64()
	form, ok := forms[p.Type]
	switch {
	case !ok:
		return p, fmt.Errorf("type %v is not supported; supported are: %s", p.Type, supported())
	case !fits || elements > math.MaxInt64/16: // every type takes less than 16 bytes per element
		return p, fmt.Errorf("no tensor can have the shape %v", p.Shape)
	case row%uint64(form.block) != 0:
		return p, fmt.Errorf("rows of %d: %v has blocks of %d", row, p.Type, form.block)
	}
	p.size = elements / uint64(form.block) * uint64(form.size)
	return p, nil
}

// locate finds the tensors in a file's data.
func locate(places []place, data []byte, alignment uint64) ([]Tensor, error) {
	tensors := make([]Tensor, len(places))
	for i, p := range places {
		if p.offset%alignment != 0 {
			return nil, fmt.Errorf("tensor %q: offset %d: must be a multiple of %d", p.Name, p.offset, alignment)
		}
		if n := uint64(len(data)); p.offset > n || p.size > n-p.offset {
			return nil, fmt.Errorf("tensor %q: %d bytes from %d on: the file has %d for all tensors; it is damaged "+
				"or cut off", p.Name, p.size, p.offset, n)
		}
		tensors[i] = p.Tensor
		tensors[i].Data = data[p.offset:][:p.size:p.size]
	}
	places = slices.SortedFunc(slices.Values(places), func(a, b place) int {
		return cmp.Or(cmp.Compare(a.offset, b.offset), cmp.Compare(a.size, b.size))
	})
	for i := range places[:max(0, len(places)-1)] {
		if a, b := places[i], places[i+1]; a.offset+a.size > b.offset {
			return nil, fmt.Errorf("tensors %q and %q overlap", a.Name, b.Name)
		}
	}
	return tensors, nil
}

// alignment returns the number of which all data offsets are multiples.
func (m Metadata) alignment() (uint64, error) {
	const usual = 32
	v, ok := m["general.alignment"]
	if !ok {
		return usual, nil
	}
	n, ok := v.(uint32)
	if !ok {
		return 0, errors.New("metadata \"general.alignment\" must be a uint32")
	}
	if bits.OnesCount32(n) != 1 {
		return 0, fmt.Errorf("general.alignment %d: must be a power of two", n)
	}
	return uint64(n), nil
}

func roundUp(n, multiple uint64) uint64 { return (n + multiple - 1) / multiple * multiple }
