package gguf

// Each function writes the 256 values y of one super-block b. Parts of 16 or 32 values have
// scales of their own, which are integers times the super-block's d. In some types parts also
// have minima, which are integers times its dmin.

// q2_K: y = d·s·q − dmin·m, with s and m of 4 bits for each 16 values. 128 values take 32
// bytes: byte i has the values i, i+32, i+64 and i+96, in this order from the lowest bits.
func q2_K(y []float32, b []byte) {
	scales, quants := b[:16], b[16:80]
	d, dmin := half(b[80:]), half(b[82:])
	for i := range y {
		s := scales[i/16]
		q := quants[i/128*32+i%32] >> (i / 32 % 4 * 2) & 3
		y[i] = float32(float32(d*float32(s&15))*float32(q)) - float32(dmin*float32(s>>4))
	}
}

// q3_K: y = d·(s−32)·(q−4). The third bit of q comes from a mask, in which bit k of byte i
// belongs to value 32k + i.
func q3_K(y []float32, b []byte) {
	mask, quants, packed, d := b[:32], b[32:96], b[96:108], half(b[108:])
	for i := range y {
		part := i / 16
		s := packed[part%8] >> (part / 8 * 4) & 15         // low 4 bits: 8 bytes of two
		s |= packed[8+part%4] >> (part / 4 * 2) & 3 << 4   // high 2 bits: 4 bytes of four
		q := quants[i/128*32+i%32] >> (i / 32 % 4 * 2) & 3 // as in q2_K
		q |= mask[i%32] >> (i / 32) & 1 << 2
		y[i] = float32(d*float32(int(s)-32)) * float32(int(q)-4)
	}
}

// q4_K: y = d·s·q − dmin·m, with s and m of 6 bits for each 32 values. 64 values take 32
// bytes, which hold the first 32 values in their low bits.
func q4_K(y []float32, b []byte) {
	d, dmin, packed, quants := half(b), half(b[2:]), b[4:16], b[16:144]
	for part := range qkk / 32 {
		s, m := scaleAndMin(packed, part)
		scale, least := float32(d*s), float32(dmin*m)
		low := quants[part/2*32:][:32]
		for i, q := range low {
			q = q >> (part % 2 * 4) & 15
			y[part*32+i] = float32(scale*float32(q)) - least
		}
	}
}

// q5_K is q4_K with a fifth bit: bit k of byte i belongs to value 32k + i.
func q5_K(y []float32, b []byte) {
	d, dmin, packed, high, quants := half(b), half(b[2:]), b[4:16], b[16:48], b[48:176]
	for part := range qkk / 32 {
		s, m := scaleAndMin(packed, part)
		scale, least := float32(d*s), float32(dmin*m)
		low := quants[part/2*32:][:32]
		for i, q := range low {
			q = q>>(part%2*4)&15 | high[i]>>part&1<<4
			y[part*32+i] = float32(scale*float32(q)) - least
		}
	}
}

// scaleAndMin unpacks a part's scale and minimum, of 6 bits each. Those of the first four
// parts are the low bits of 4 bytes each. The others have their low 4 bits in the last 4
// bytes, and their high 2 bits above those of the first four.
func scaleAndMin(packed []byte, part int) (s, m float32) {
	if part < 4 {
		return float32(packed[part] & 63), float32(packed[part+4] & 63)
	}
	return float32(packed[part+4]&15 | packed[part-4]>>6<<4), float32(packed[part+4]>>4 | packed[part]>>6<<4)
}

// q6_K: y = d·s·(q−32), with a signed s for each 16 values. For 128 values, 64 bytes hold the
// low 4 bits, those of the first 64 values in the bytes' low bits; 32 bytes hold the high 2
// bits, in the order of q2_K's quants.
func q6_K(y []float32, b []byte) {
	low, high, scales, d := b[:128], b[128:192], b[192:208], half(b[208:])
	for i := range y {
		q := low[i/128*64+i%64] >> (i / 64 % 2 * 4) & 15
		q |= high[i/128*32+i%32] >> (i / 32 % 4 * 2) & 3 << 4
		y[i] = float32(d*float32(int8(scales[i/16]))) * float32(int(q)-32)
	}
}
