package checkpoint

import (
	"encoding/binary"
	"fmt"
	"math"

	"github.com/nlpodyssey/safetensors"

	"ranksweep/checkpoint/gguf"
)

// DType is the form in which a file stores weights. Every DType converts to float32 without
// loss.
type DType uint8

// The forms that are read and written.
const (
	F32  DType = iota // IEEE 754 single
	F16               // IEEE 754 half
	BF16              // the upper 16 bits of a single
)

var formats = [...]struct {
	stored safetensors.DType
	torch  string  // name in config.json
	limit  float32 // the smallest finite value that would round to infinity
	form   gguf.Type
	encode func(dst []byte, src []float32)
}{
	F32:  {safetensors.F32, "float32", float32(math.Inf(1)), gguf.F32, encodeF32},
	F16:  {safetensors.F16, "float16", 65520, gguf.F16, encodeF16},
	BF16: {safetensors.BF16, "bfloat16", 0x1.ffp127, gguf.BF16, encodeBF16},
}

// String returns the name in safetensors files.
func (d DType) String() string { return formats[d].stored.String() }

func (d DType) torch() string { return formats[d].torch }

// size returns the number of bytes per value.
func (d DType) size() int { return int(formats[d].stored.Size()) }

// dtypeOf returns the DType of a stored tensor.
func dtypeOf(stored safetensors.DType) (DType, error) {
	for d, f := range formats {
		if f.stored == stored {
			return DType(d), nil
		}
	}
	return 0, fmt.Errorf("dtype %s: must be F32, F16 or BF16", stored)
}

func encodeF32(dst []byte, src []float32) {
	for i, v := range src {
		binary.LittleEndian.PutUint32(dst[4*i:], math.Float32bits(v))
	}
}

func encodeF16(dst []byte, src []float32) {
	for i, v := range src {
		binary.LittleEndian.PutUint16(dst[2*i:], toF16(v))
	}
}

func encodeBF16(dst []byte, src []float32) {
	for i, v := range src {
		binary.LittleEndian.PutUint16(dst[2*i:], toBF16(v))
	}
}

// A single has 1 sign, 8 exponent (bias 127) and 23 fraction bits, a half 1,
// 5 (bias 15) and 10.
const (
	infinity  = 0x7f800000
	rebias    = (127 - 15) << 23 // difference of the biases, at the position of a single's exponent
	minNormal = (127 - 14) << 23 // 2⁻¹⁴, the smallest normal half
	tooLarge  = (127 + 16) << 23 // 2¹⁶, beyond every half
)

// toF16 rounds to the nearest half, ties to even.
func toF16(f float32) uint16 {
	bits := math.Float32bits(f)
	sign, bits := uint16(bits>>16&0x8000), bits&0x7fffffff
	switch {
	case bits > infinity:
		return sign | 0x7e00
	case bits >= tooLarge:
		return sign | 0x7c00
	case bits < minNormal:
		// Halves below 2⁻¹⁴ are multiples of 2⁻²⁴, and so are singles from ½ to 1: adding ½
		// makes the processor round.
		return sign | uint16(math.Float32bits(math.Float32frombits(bits)+0.5)-math.Float32bits(0.5))
	}
	return sign | uint16((roundEven(bits, 13)-rebias)>>13)
}

// toBF16 rounds to the nearest bfloat16, ties to even.
func toBF16(f float32) uint16 {
	bits := math.Float32bits(f)
	if f != f {
		return uint16(bits>>16) | 0x40 // quiet, so that the fraction is not zero
	}
	return uint16(roundEven(bits, 16) >> 16)
}

// roundEven adds a number to bits such that cutting off the lowest n bits then rounds to
// nearest, ties to even.
func roundEven(bits uint32, n int) uint32 {
	return bits + (1<<(n-1) - 1) + (bits >> n & 1)
}
