package gguf

import (
	"encoding/binary"
	"math"
)

func decodeF32(dst []float32, src []byte) {
	for i := range dst {
		dst[i] = math.Float32frombits(binary.LittleEndian.Uint32(src[4*i:]))
	}
}

func decodeF16(dst []float32, src []byte) {
	for i := range dst {
		dst[i] = half(src[2*i:])
	}
}

func decodeBF16(dst []float32, src []byte) {
	for i := range dst {
		dst[i] = math.Float32frombits(uint32(binary.LittleEndian.Uint16(src[2*i:])) << 16)
	}
}

// half reads an IEEE 754 half. It has 1 sign bit, 5 exponent bits (bias 15) and 10 fraction
// bits; a single has 1, 8 (bias 127) and 23.
func half(b []byte) float32 {
	h := binary.LittleEndian.Uint16(b)
	sign, exponent, fraction := uint32(h&0x8000)<<16, h>>10&0x1f, uint32(h&0x3ff)
	switch exponent {
	case 0: // subnormal: a multiple of 2⁻²⁴
		return math.Float32frombits(sign | math.Float32bits(float32(fraction)*0x1p-24))
	case 0x1f:
		return math.Float32frombits(sign | 0xff<<23 | fraction<<13)
	}
	return math.Float32frombits(sign | (uint32(h&0x7fff)<<13 + (127-15)<<23))
}
