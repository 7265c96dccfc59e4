package gguf

import "encoding/binary"

// Each function writes the 32 values y of one block b. A block begins with its scale d, a
// half, and in some types a smallest value m. Bytes with two quants hold one of the first 16
// values in their low bits and one of the others in their high bits. A product is rounded by
// a conversion before anything is added to it, so that no processor fuses the two.

// q4_0: y = d·(q−8).
func q4_0(y []float32, b []byte) {
	d, b := half(b), b[2:]
	for i, q := range b[:qk/2] {
		y[i] = float32(int(q&15)-8) * d
		y[i+qk/2] = float32(int(q>>4)-8) * d
	}
}

// q4_1: y = d·q + m.
func q4_1(y []float32, b []byte) {
	d, m, b := half(b), half(b[2:]), b[4:]
	for i, q := range b[:qk/2] {
		y[i] = float32(float32(q&15)*d) + m
		y[i+qk/2] = float32(float32(q>>4)*d) + m
	}
}

// q5_0: y = d·(q−16); the fifth bits of all quants come before the others.
func q5_0(y []float32, b []byte) {
	d, high, b := half(b), binary.LittleEndian.Uint32(b[2:]), b[6:]
	for i, q := range b[:qk/2] {
		y[i] = float32(int(q&15|fifth(high, i))-16) * d
		y[i+qk/2] = float32(int(q>>4|fifth(high, i+qk/2))-16) * d
	}
}

// q5_1: y = d·q + m, with fifth bits.
func q5_1(y []float32, b []byte) {
	d, m, high, b := half(b), half(b[2:]), binary.LittleEndian.Uint32(b[4:]), b[8:]
	for i, q := range b[:qk/2] {
		y[i] = float32(float32(q&15|fifth(high, i))*d) + m
		y[i+qk/2] = float32(float32(q>>4|fifth(high, i+qk/2))*d) + m
	}
}

// fifth returns bit i, moved to the place of a quant's fifth bit.
func fifth(bits uint32, i int) byte { return byte(bits>>i&1) << 4 }

// q8_0: y = d·q, q signed.
func q8_0(y []float32, b []byte) {
	d, b := half(b), b[2:]
	for i, q := range b[:qk] {
		y[i] = float32(int8(q)) * d
	}
}

// iq4_nl: y = d·level[q].
func iq4_nl(y []float32, b []byte) {
	d, b := half(b), b[2:]
	for i, q := range b[:qk/2] {
		y[i] = d * levels[q&15]
		y[i+qk/2] = d * levels[q>>4]
	}
}

// levels is ggml's kvalues_iq4nl.
var levels = [16]float32{-127, -104, -83, -65, -49, -35, -22, -10, 1, 13, 25, 38, 53, 69, 89, 113}
