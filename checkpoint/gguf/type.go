package gguf

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"
)

// Type is the form in which a tensor is stored. Its value is ggml's number.
type Type uint32

// The forms that are read.
const (
	F32    Type = 0
	F16    Type = 1
	Q4_0   Type = 2
	Q4_1   Type = 3
	Q5_0   Type = 6
	Q5_1   Type = 7
	Q8_0   Type = 8
	Q2_K   Type = 10
	Q3_K   Type = 11
	Q4_K   Type = 12
	Q5_K   Type = 13
	Q6_K   Type = 14
	IQ4_NL Type = 20
	BF16   Type = 30
)

// form is how a type stores values: in blocks of one size.
type form struct {
	name   string
	block  int // elements per block
	size   int // bytes per block
	decode func(dst []float32, src []byte)
}

// QK and QKK are the numbers of elements in a block and in a K-quant's super-block.
const (
	qk  = 32
	qkk = 256
)

var forms = map[Type]form{
	F32:    {"F32", 1, 4, decodeF32},
	F16:    {"F16", 1, 2, decodeF16},
	BF16:   {"BF16", 1, 2, decodeBF16},
	Q4_0:   {"Q4_0", qk, 2 + qk/2, blocks(qk, 2+qk/2, q4_0)},
	Q4_1:   {"Q4_1", qk, 4 + qk/2, blocks(qk, 4+qk/2, q4_1)},
	Q5_0:   {"Q5_0", qk, 2 + 4 + qk/2, blocks(qk, 2+4+qk/2, q5_0)},
	Q5_1:   {"Q5_1", qk, 4 + 4 + qk/2, blocks(qk, 4+4+qk/2, q5_1)},
	Q8_0:   {"Q8_0", qk, 2 + qk, blocks(qk, 2+qk, q8_0)},
	IQ4_NL: {"IQ4_NL", qk, 2 + qk/2, blocks(qk, 2+qk/2, iq4_nl)},
	Q2_K:   {"Q2_K", qkk, 84, blocks(qkk, 84, q2_K)},
	Q3_K:   {"Q3_K", qkk, 110, blocks(qkk, 110, q3_K)},
	Q4_K:   {"Q4_K", qkk, 144, blocks(qkk, 144, q4_K)},
	Q5_K:   {"Q5_K", qkk, 176, blocks(qkk, 176, q5_K)},
	Q6_K:   {"Q6_K", qkk, 210, blocks(qkk, 210, q6_K)},
}

// blocks returns a function that decodes a row of blocks, given one that decodes a block.
func blocks(block, size int, decode func(y []float32, b []byte)) func([]float32, []byte) {
	return func(dst []float32, src []byte) {
		for len(dst) > 0 {
			decode(dst[:block:block], src[:size:size])
			dst, src = dst[block:], src[size:]
		}
	}
}

// String returns ggml's name, or the number of a type without a name here.
func (t Type) String() string {
	if f, ok := forms[t]; ok {
		return f.name
	}
	return fmt.Sprintf("%d", uint32(t))
}

// Block returns the number of elements that are stored together.
func (t Type) Block() int { return forms[t].block }

// Len returns the number of elements in the given number of bytes.
func (t Type) Len(bytes int) int { return bytes / forms[t].size * forms[t].block }

// Size returns the number of bytes for the given number of elements, a multiple of Block.
func (t Type) Size(elements int) int { return elements / forms[t].block * forms[t].size }

// Decode writes the values that src stores to dst, whose length is a multiple
// of Block.
func (t Type) Decode(dst []float32, src []byte) { forms[t].decode(dst, src) }

func supported() string {
	var names []string
	for _, t := range slices.SortedFunc(maps.Keys(forms), func(a, b Type) int { return cmp.Compare(a, b) }) {
		names = append(names, t.String())
	}
	return strings.Join(names, ", ")
}
