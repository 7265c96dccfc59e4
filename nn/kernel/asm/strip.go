package main

// The generator of copies of strips.

import (
	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
)

// strip writes a function that copies a strip of A stored by columns, each column to a
// vector of dst. It also fetches the columns of the next strip, which begins where this one
// ends: they are far apart in memory, and no CPU predicts them.
func (s isa) strip() {
	TEXT("copyStrip"+s.name, NOSPLIT, "func(rows, cols int, dst, src []float32, ss int)")
	Doc("copyStrip" + s.name + " is [micro.copyStrip]; it writes whole vectors.")
	Pragma("noescape")

	rows, cols := load("rows"), load("cols")
	dst, src, ss := base("dst"), base("src"), stride("ss")
	t := s.tiles[len(s.tiles)-1]
	t.rows, t.vecs = 1, 1
	some := s.edge(t, rows)
	x := t.vector()

	Label(t.label("column"))
	some.load(0, Mem{Base: src}, x)
	VMOVUPS(x, Mem{Base: dst})
	PREFETCHT0(Mem{Base: src, Index: rows, Scale: wordBytes})
	PREFETCHT0(Mem{Base: src, Index: rows, Scale: 2 * wordBytes, Disp: -wordBytes})
	ADDQ(ss, src)
	ADDQ(Imm(uint64(t.lanes*wordBytes)), dst)
	DECQ(cols)
	JNZ(LabelRef(t.label("column")))
	VZEROUPPER()
	RET()
}
