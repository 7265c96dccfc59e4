package main

// The instruction sets, AVX2 and AVX-512, their tiles, and how they read a part of a row.

import (
	"github.com/mmcloughlin/avo/attr"
	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// An isa is an instruction set, with tiles that fit into its registers.
type isa struct {
	name  string
	tiles []tile // narrowest first
	edge  func(t tile, cols reg.GPVirtual) columns
}

// avx2 has 16 registers: a 6×16 tile leaves four of them for A, B and masks.
var avx2 = isa{
	name:  "AVX2",
	tiles: []tile{{rows: 6, vecs: 1, lanes: 8}, {rows: 6, vecs: 2, lanes: 8}},
	edge:  edgeAVX2,
}

// avx512 has 32 registers: a 14×32 tile leaves four of them for A and B.
var avx512 = isa{
	name: "AVX512",
	tiles: []tile{
		{rows: 14, vecs: 1, lanes: 8},
		{rows: 14, vecs: 1, lanes: 16},
		{rows: 14, vecs: 2, lanes: 16},
	},
	edge: edgeAVX512,
}

// columns reads and writes rows in vectors.
type columns interface {
	// load reads vector v of the row at mem, with zeros for columns outside the selection.
	load(v int, mem Mem, to reg.Register)
	// addScaled adds beta times vector v of the row at mem to acc.
	addScaled(v int, mem Mem, beta, acc reg.Register)
	// store writes acc to vector v of the row at mem.
	store(v int, acc reg.Register, mem Mem)
}

// all selects every column of a tile.
type all struct{}

func (all) load(_ int, mem Mem, to reg.Register)             { VMOVUPS(mem, to) }
func (all) addScaled(_ int, mem Mem, beta, acc reg.Register) { VFMADD231PS(mem, beta, acc) }
func (all) store(_ int, acc reg.Register, mem Mem)           { VMOVUPS(acc, mem) }

// opmasked selects columns by one mask register per vector.
type opmasked []reg.OpmaskVirtual

func (m opmasked) load(v int, mem Mem, to reg.Register) { VMOVUPS_Z(mem, m[v], to) }
func (m opmasked) addScaled(v int, mem Mem, beta, acc reg.Register) {
	VFMADD231PS(mem, beta, m[v], acc)
}
func (m opmasked) store(v int, acc reg.Register, mem Mem) { VMOVUPS(acc, m[v], mem) }

// edgeAVX512 selects the first cols columns of a tile.
func edgeAVX512(t tile, cols reg.GPVirtual) columns {
	bits := GP64()
	MOVQ(I32(-1), bits)
	BZHIQ(cols, bits, bits)
	m := make(opmasked, t.vecs)
	for v := range m {
		if v > 0 {
			SHRQ(Imm(uint64(t.lanes)), bits)
		}
		m[v] = K()
		KMOVW(bits.As32(), m[v])
	}
	return m
}

// vecmasked selects columns by the sign bits of one vector register per vector.
type vecmasked []reg.VecVirtual

func (m vecmasked) load(v int, mem Mem, to reg.Register) { VMASKMOVPS(mem, m[v], to) }
func (m vecmasked) addScaled(v int, mem Mem, beta, acc reg.Register) {
	c := YMM()
	VMASKMOVPS(mem, m[v], c)
	VFMADD231PS(c, beta, acc)
}
func (m vecmasked) store(v int, acc reg.Register, mem Mem) { VMASKMOVPS(acc, m[v], mem) }

// edgeAVX2 selects the first cols columns of a tile, by a window into a table of ones
// followed by zeros.
func edgeAVX2(t tile, cols reg.GPVirtual) columns {
	window := GP64()
	LEAQ(edgeTable, window)
	offset := GP64()
	MOVQ(U32(edgeColumns), offset)
	SUBQ(cols, offset)
	m := make(vecmasked, t.vecs)
	for v := range m {
		m[v] = YMM()
		VMOVUPS(Mem{Base: window, Index: offset, Scale: wordBytes, Disp: v * t.lanes * wordBytes}, m[v])
	}
	return m
}

// edgeColumns is the width of the widest tile that edgeTable serves.
const edgeColumns = 16

// edgeTable has edgeColumns ones, then as many zeros.
var edgeTable = newEdgeTable()

func newEdgeTable() Mem {
	table := GLOBL("edge", attr.RODATA|attr.NOPTR)
	for i := range 2 * edgeColumns {
		ones := U32(0)
		if i < edgeColumns {
			ones = U32(1<<32 - 1)
		}
		DATA(i*wordBytes, ones)
	}
	return table
}
