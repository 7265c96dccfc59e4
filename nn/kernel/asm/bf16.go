package main

// The generator of products and rounding in bfloat16.

import (
	"sync"

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

// oddElement selects the higher half of each word.
var oddElement = sync.OnceValue(func() Mem { return same("oddElement", 0xffff0000) })

// expanded multiplies pairs in float32. A product of two bfloat16 numbers is exact there,
// so that a fused sum is rounded as by VDPBF16PS; denormal numbers are treated the same
// way meanwhile.
type expanded struct {
	odd   Mem // oddElement
	flush Mem // an MXCSR that treats denormal inputs and results as zero
	usual *Mem
}

func newExpanded() expanded {
	flush := GLOBL("flushDenormals", attr.RODATA|attr.NOPTR)
	const usual, denormalsAreZero, flushToZero = 0x1f80, 1 << 6, 1 << 15
	DATA(0, U32(usual|denormalsAreZero|flushToZero))
	return expanded{odd: oddElement(), flush: flush, usual: new(Mem)}
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

// rounding has what rounds float32 to bfloat16, to the nearest, halves to even.
type rounding struct{ half, last, quiet reg.VecVirtual }

// roundWords are the constants of a rounding, by name.
var roundWords = sync.OnceValue(func() [3]Mem {
	return [3]Mem{same("roundHalf", 0x7fff), same("lastBit", 1), same("quietNaN", 1<<22)}
})

func (t tile) rounding() rounding {
	var all [3]reg.VecVirtual
	for i, word := range roundWords() {
		all[i] = t.vector()
		VBROADCASTSS(word, all[i])
	}
	return rounding{all[0], all[1], all[2]}
}

// of returns x, rounded, in the higher half of each word; the lower half is anything. It overwrites x.
func (c rounding) of(t tile, x reg.VecVirtual) reg.VecVirtual {
	const unordered = 3
	r := t.vector()
	VPSRLD(Imm(16), x, r)
	if t.lanes == lanes {
		isNaN := YMM()
		VPAND(c.last, r, r)
		VPADDD(c.half, r, r)
		VPADDD(x, r, r)
		VCMPPS(Imm(unordered), x, x, isNaN)
		VPOR(c.quiet, x, x)
		VBLENDVPS(isNaN, x, r, r)
		return r
	}
	isNaN := K()
	VPANDD(c.last, r, r)
	VPADDD(c.half, r, r)
	VPADDD(x, r, r)
	VCMPPS(Imm(unordered), x, x, isNaN)
	VPORD(c.quiet, x, isNaN, r)
	return r
}

// roundPairs writes the rounding of a row of float32 to pairs of bfloat16.
func roundPairs() {
	TEXT("roundPairsAVX2", NOSPLIT, "func(n int, dst, src []float32)")
	Doc("roundPairsAVX2 is [roundPairs] for n pairs, a positive multiple of 8.")
	Pragma("noescape")

	n, dst, src := load("n"), base("dst"), base("src")
	t := tile{1, 1, lanes}
	round := t.rounding()
	Label("loop")
	var words [2]reg.VecVirtual
	for i := range words {
		r, odd := round.of(t, loaded(Mem{Base: src, Disp: i * lanes * wordBytes})), YMM()
		// Of each pair the even element goes to the lower half of the first
		// word, the odd one stays in its higher half.
		words[i] = YMM()
		VPSRLD(Imm(16), r, words[i])
		VPSRLQ(Imm(32), r, odd)
		VPBLENDW(Imm(0xaa), odd, words[i], words[i])
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

// roundPairsWide is roundPairs for AVX-512 with BW, which picks the higher halves of 32 words at once.
func roundPairsWide() {
	TEXT("roundPairsAVX512", NOSPLIT, "func(n int, dst, src []float32)")
	Doc("roundPairsAVX512 is [roundPairs] for n pairs, a positive multiple of 16.")
	Pragma("noescape")

	n, dst, src := load("n"), base("dst"), base("src")
	t := tile{1, 1, 2 * lanes}
	round, each := t.rounding(), t.lanes*wordBytes
	higher := GLOBL("higherHalves", attr.RODATA|attr.NOPTR)
	for i := range 2 * t.lanes {
		DATA(2*i, U16(2*i+1))
	}
	pick := ZMM()
	VMOVUPS(higher, pick)
	Label("wide")
	var r [2]reg.VecVirtual
	for i := range r {
		x := ZMM()
		VMOVUPS(Mem{Base: src, Disp: i * each}, x)
		r[i] = round.of(t, x)
	}
	words := ZMM()
	VMOVDQA64(pick, words)
	VPERMI2W(r[1], r[0], words)
	VMOVUPS(words, Mem{Base: dst})
	ADDQ(Imm(uint64(2*each)), src)
	ADDQ(Imm(uint64(each)), dst)
	SUBQ(Imm(uint64(t.lanes)), n)
	JNZ(LabelRef("wide"))
	VZEROUPPER()
	RET()
}

// pairRows writes the rounding of some columns of a matrix to pairs of neighbouring rows. Like strip, it fetches
// the columns that follow.
func (s isa) pairRows() {
	TEXT("pairRows"+s.name, NOSPLIT, "func(cols, pairs int, dst []float32, ds int, src []float32, ss int)")
	Doc("pairRows"+s.name+" rounds the first cols columns of pairs of rows of src, ss apart, to rows of dst, ds apart,",
		"of which it writes a whole vector.")
	Pragma("noescape")

	cols, pairs := load("cols"), load("pairs")
	dst, ds, src, ss := base("dst"), stride("ds"), base("src"), stride("ss")
	t := s.tiles[len(s.tiles)-1]
	t.rows, t.vecs = 1, 1
	some, round := s.edge(t, cols), t.rounding()
	var odd reg.VecVirtual
	if t.lanes > lanes {
		odd = t.vector()
		VBROADCASTSS(oddElement(), odd)
	}

	Label(t.label("pair"))
	var r [2]reg.VecVirtual
	for i := range r {
		x := t.vector()
		some.load(0, Mem{Base: src}, x)
		r[i] = round.of(t, x)
		PREFETCHT0(Mem{Base: src, Index: cols, Scale: wordBytes})
		PREFETCHT0(Mem{Base: src, Index: cols, Scale: 2 * wordBytes, Disp: -wordBytes})
		ADDQ(ss, src)
	}
	VPSRLD(Imm(16), r[0], r[0])
	if t.lanes == lanes {
		VPBLENDW(Imm(0xaa), r[1], r[0], r[0])
	} else {
		const selected = 0xea // by the first or, else, the other: r₁ ∧ odd ∨ r₀
		VPTERNLOGD(Imm(selected), r[0], odd, r[1])
		r[0] = r[1]
	}
	VMOVUPS(r[0], Mem{Base: dst})
	ADDQ(ds, dst)
	DECQ(pairs)
	JNZ(LabelRef(t.label("pair")))
	VZEROUPPER()
	RET()
}
