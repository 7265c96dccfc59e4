package main

// The generator of products and rounding in bfloat16.

import (
	"github.com/mmcloughlin/avo/attr"
	. "github.com/mmcloughlin/avo/build"
	"github.com/mmcloughlin/avo/ir"
	. "github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// Factors in bfloat16 are stored in pairs. One step along k multiplies a word, that is a
// pair, of each factor; the odd element, in the higher half, comes first.

// dotted multiplies pairs by VDPBF16PS, which neither avo nor Go's assembler
// knows: its words are written out, and so its registers are chosen here.
type dotted struct{}

func (dotted) begin() {}
func (dotted) end()   {}

// The registers that are free of sums; a tile has at most 28 sums.
const (
	firstB = 28
	wordA  = 30
)

func (dotted) accumulator(t tile, n int) reg.Register { return t.physical(n) }

func (dotted) multiply(t tile, acc [][]reg.Register, in inputs) {
	for v := range t.vecs {
		VMOVUPS(Mem{Base: in.b, Disp: v * t.lanes * wordBytes}, t.physical(firstB+v))
	}
	for i := range acc {
		VBROADCASTSS(in.rows[i], t.physical(wordA))
		for v := range t.vecs {
			t.dot(i*t.vecs+v, wordA, firstB+v)
		}
	}
}

// physical returns vector register n.
func (t tile) physical(n int) reg.VecPhysical {
	z := []reg.VecPhysical{
		reg.Z0, reg.Z1, reg.Z2, reg.Z3, reg.Z4, reg.Z5, reg.Z6, reg.Z7,
		reg.Z8, reg.Z9, reg.Z10, reg.Z11, reg.Z12, reg.Z13, reg.Z14, reg.Z15,
		reg.Z16, reg.Z17, reg.Z18, reg.Z19, reg.Z20, reg.Z21, reg.Z22, reg.Z23,
		reg.Z24, reg.Z25, reg.Z26, reg.Z27, reg.Z28, reg.Z29, reg.Z30, reg.Z31,
	}[n]
	if t.lanes == 16 {
		return z
	}
	return z.AsY().(reg.VecPhysical)
}

// dot writes VDPBF16PS dst, x, y for registers by their numbers, encoded as
// EVEX.F3.0F38.W0 52 /r; the bits of registers in the prefix are inverted.
func (t tile) dot(dst, x, y int) {
	bit := func(n, i int) int { return n >> i & 1 }
	length := 1 // 256 bits
	if t.lanes == 16 {
		length = 2
	}
	const map0F38, prefixF3, fixed = 2, 2, 1 << 2
	p0 := map0F38 | (1-bit(dst, 4))<<4 | (1-bit(y, 3))<<5 | (1-bit(y, 4))<<6 | (1-bit(dst, 3))<<7
	p1 := prefixF3 | fixed | (^x&15)<<3
	p2 := (1-bit(x, 4))<<3 | length<<5
	opcode, operands := 0x52, 3<<6|dst&7<<3|y&7

	in := []Op{t.physical(dst), t.physical(x), t.physical(y)}
	out := []Op{t.physical(dst)}
	Instruction(&ir.Instruction{Opcode: "LONG", Operands: []Op{U32(0x62 | p0<<8 | p1<<16 | p2<<24)}, Inputs: in,
		Outputs: out})
	Instruction(&ir.Instruction{Opcode: "WORD", Operands: []Op{U16(opcode | operands<<8)}, Inputs: in, Outputs: out})
}

// expanded multiplies pairs in float32. A product of two bfloat16 numbers is exact there,
// so that a fused sum is rounded as by VDPBF16PS; denormal numbers are treated the same
// way meanwhile.
type expanded struct {
	odd   Mem // selects the higher half of each word
	flush Mem // an MXCSR that treats denormal inputs and results as zero
	usual *Mem
}

func newExpanded() expanded {
	flush := GLOBL("flushDenormals", attr.RODATA|attr.NOPTR)
	const usual, denormalsAreZero, flushToZero = 0x1f80, 1 << 6, 1 << 15
	DATA(0, U32(usual|denormalsAreZero|flushToZero))
	return expanded{odd: same("oddElement", 0xffff0000), flush: flush, usual: new(Mem)}
}

func (expanded) accumulator(t tile, _ int) reg.Register { return t.vector() }

func (e expanded) begin() {
	*e.usual = AllocLocal(2 * wordBytes) // frames are multiples of eight
	VSTMXCSR(*e.usual)
	VLDMXCSR(e.flush)
}

func (e expanded) end() { VLDMXCSR(*e.usual) }

func (e expanded) multiply(t tile, acc [][]reg.Register, in inputs) {
	higher := func(x reg.VecVirtual) { VANDPS(e.odd, x, x) }
	lower := func(x reg.VecVirtual) { VPSLLD(Imm(16), x, x) }
	for _, expand := range []func(reg.VecVirtual){higher, lower} {
		b := make([]reg.VecVirtual, t.vecs)
		for v := range b {
			b[v] = loaded(Mem{Base: in.b, Disp: v * t.lanes * wordBytes})
			expand(b[v])
		}
		for i := range acc {
			a := t.vector()
			VBROADCASTSS(in.rows[i], a)
			expand(a)
			for v := range b {
				VFMADD231PS(a, b[v], acc[i][v])
			}
		}
	}
}

// roundPairs writes the rounding of a row of float32 to pairs of bfloat16, to
// the nearest, halves to even.
func roundPairs() {
	TEXT("roundPairsAVX2", NOSPLIT, "func(n int, dst, src []float32)")
	Doc("roundPairsAVX2 is [roundPairs] for n pairs, a positive multiple of 8.")
	Pragma("noescape")

	n, dst, src := load("n"), base("dst"), base("src")
	half, last, quiet := loaded(same("roundHalf", 0x7fff)), loaded(same("lastBit", 1)), loaded(same("quietNaN", 1<<22))
	Label("loop")
	var words [2]reg.VecVirtual
	for i := range words {
		x, r, isNaN := loaded(Mem{Base: src, Disp: i * lanes * wordBytes}), YMM(), YMM()
		VPSRLD(Imm(16), x, r)
		VPAND(last, r, r)
		VPADDD(half, r, r)
		VPADDD(x, r, r)
		const unordered = 3
		VCMPPS(Imm(unordered), x, x, isNaN)
		VPOR(quiet, x, x)
		VBLENDVPS(isNaN, x, r, r)
		// Of each pair the even element goes to the lower half of the first
		// word, the odd one stays in its higher half.
		even, odd := x, r
		VPSRLD(Imm(16), r, even)
		VPSRLQ(Imm(32), r, odd)
		VPBLENDW(Imm(0xaa), odd, even, even)
		words[i] = even
	}
	const firstOfPairs = 0x88
	VSHUFPS(Imm(firstOfPairs), words[1], words[0], words[0])
	const middleSwapped = 0xd8
	VPERMPD(Imm(middleSwapped), words[0], words[0])
	VMOVUPS(words[0], Mem{Base: dst})
	ADDQ(Imm(2*lanes*wordBytes), src)
	ADDQ(Imm(lanes*wordBytes), dst)
	SUBQ(Imm(lanes), n)
	JNZ(LabelRef("loop"))
	VZEROUPPER()
	RET()
}
