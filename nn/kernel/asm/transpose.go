package main

// The generator of transposition.

import (
	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// side of the squares that transpose moves through registers.
const side = 8

// transpose writes a function that transposes a matrix square by square. It finishes side
// rows of the result before it goes on to the next.
func transpose() {
	TEXT("transposeSquares", NOSPLIT, "func(rows, cols int, dst []float32, ds int, src []float32, ss int)")
	Doc("transposeSquares is [transpose] for rows and cols that are positive multiples of 8.", "It needs AVX.")
	Pragma("noescape")

	rows, cols := load("rows"), load("cols")
	dst, ds := base("dst"), stride("ds")
	src, ss := base("src"), stride("ss")
	ds3, ds5, ds7 := oddMultiples(ds)
	ss3, ss5, ss7 := oddMultiples(ss)

	Label("strip")
	from, to, left := GP64(), GP64(), GP64()
	MOVQ(src, from)
	MOVQ(dst, to)
	MOVQ(cols, left)

	Label("square")
	var x [side]reg.VecVirtual
	for i, at := range eight(from, ss, ss3, ss5, ss7) {
		x[i] = YMM()
		VMOVUPS(at, x[i])
	}
	x = transposed(x)
	for i, at := range eight(to, ds, ds3, ds5, ds7) {
		VMOVUPS(x[i], at)
	}
	LEAQ(Mem{Base: from, Index: ss, Scale: side}, from)
	ADDQ(Imm(side*wordBytes), to)
	SUBQ(Imm(side), left)
	JNZ(LabelRef("square"))

	ADDQ(Imm(side*wordBytes), src)
	LEAQ(Mem{Base: dst, Index: ds, Scale: side}, dst)
	SUBQ(Imm(side), rows)
	JNZ(LabelRef("strip"))
	VZEROUPPER()
	RET()
}

// oddMultiples returns 3, 5 and 7 times a stride.
func oddMultiples(s reg.GPVirtual) (s3, s5, s7 reg.GPVirtual) {
	s3, s5, s7 = GP64(), GP64(), GP64()
	LEAQ(Mem{Base: s, Index: s, Scale: 2}, s3)
	LEAQ(Mem{Base: s, Index: s, Scale: 4}, s5)
	LEAQ(Mem{Base: s3, Index: s, Scale: 4}, s7)
	return s3, s5, s7
}

// eight returns the addresses of eight rows, given odd multiples of their
// stride.
func eight(base, s, s3, s5, s7 reg.GPVirtual) [side]Mem {
	at := func(index reg.GPVirtual, scale uint8) Mem { return Mem{Base: base, Index: index, Scale: scale} }
	return [side]Mem{{Base: base}, at(s, 1), at(s, 2), at(s3, 1), at(s, 4), at(s5, 1), at(s3, 2), at(s7, 1)}
}

// transposed returns the columns of the square whose rows are x, in three rounds: it
// interleaves pairs of rows by elements, the results by pairs of elements, and these by
// halves.
func transposed(x [side]reg.VecVirtual) [side]reg.VecVirtual {
	var pairs, quads, whole [side]reg.VecVirtual
	for i := range side {
		pairs[i], quads[i], whole[i] = YMM(), YMM(), YMM()
	}
	for i := 0; i < side; i += 2 {
		VUNPCKLPS(x[i+1], x[i], pairs[i])
		VUNPCKHPS(x[i+1], x[i], pairs[i+1])
	}
	const low, high = 0x44, 0xee // the lower or higher halves of both operands
	for i := 0; i < side; i += 4 {
		for j := range 2 {
			VSHUFPS(Imm(low), pairs[i+j+2], pairs[i+j], quads[i+2*j])
			VSHUFPS(Imm(high), pairs[i+j+2], pairs[i+j], quads[i+2*j+1])
		}
	}
	for i := range side / 2 {
		VPERM2F128(Imm(0x20), quads[i+4], quads[i], whole[i])
		VPERM2F128(Imm(0x31), quads[i+4], quads[i], whole[i+4])
	}
	return whole
}
