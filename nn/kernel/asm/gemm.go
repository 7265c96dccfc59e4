package main

// The generator of the micro-kernels of matrix products.

import (
	"fmt"
	"slices"

	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

const (
	wordBytes = 4  // of a float32
	lineBytes = 64 // of a cache line
)

// A tile is a micro-kernel's piece of C, held in registers: at most rows rows high, and vecs
// vectors of lanes floats wide.
type tile struct {
	rows, vecs, lanes int
}

func (t tile) cols() int { return t.vecs * t.lanes }

func (t tile) label(what string) string {
	return fmt.Sprintf("%s%dx%d", what, t.rows, t.cols())
}

// vector returns a new register for lanes floats.
func (t tile) vector() reg.VecVirtual {
	if t.lanes == 16 {
		return ZMM()
	}
	return YMM()
}

// factors are the elements of A and B, in words of float32's size.
type factors interface {
	// accumulator returns the register of sum n of a tile.
	accumulator(t tile, n int) reg.Register
	// begin and end write the code before and after all multiplications.
	begin()
	end()
	// multiply adds the product of a column of A and a row of B to acc.
	multiply(t tile, acc [][]reg.Register, in inputs)
}

// gemm writes the micro-kernel of one instruction set: the narrowest tile
// that holds the columns asked for, with exactly the rows asked for.
func (s isa) gemm(name string, f factors) {
	TEXT(name+s.name, NOSPLIT, "func(rows, cols, k int, a []float32, ars, acs int, b []float32, bs int, c []float32, "+
		"cs int, alpha, beta float32)")
	Doc(name + s.name + " is a micro-kernel; see [micro].")
	Pragma("noescape")

	f.begin()
	rows := load("rows")
	cols := load("cols")
	in := loadInputs()
	for i, t := range s.tiles {
		last := i == len(s.tiles)-1
		if !last {
			CMPQ(cols, Imm(uint64(t.cols())))
			JG(LabelRef(t.label("over")))
		}
		for r := t.rows; r > 1; r-- {
			CMPQ(rows, Imm(uint64(r)))
			JEQ(LabelRef(tile{r, t.vecs, t.lanes}.label("tile")))
		}
		for r := 1; r <= t.rows; r++ {
			s.tile(tile{r, t.vecs, t.lanes}, f, in, cols)
		}
		if !last {
			Label(t.label("over"))
		}
	}
}

// load loads an integer argument.
func load(param string) reg.GPVirtual { return Load(Param(param), GP64()).(reg.GPVirtual) }

// base loads the address of a slice argument's first element.
func base(param string) reg.GPVirtual { return Load(Param(param).Base(), GP64()).(reg.GPVirtual) }

// stride loads an integer argument that counts floats, in bytes.
func stride(param string) reg.GPVirtual {
	s := load(param)
	SHLQ(Imm(2), s)
	return s
}

// address returns where an argument is.
func address(param string) Mem {
	arg, err := Param(param).Resolve()
	if err != nil {
		panic(err)
	}
	return arg.Addr
}

// broadcast loads a float argument into every lane of a vector.
func (t tile) broadcast(param string) reg.VecVirtual {
	z := t.vector()
	VBROADCASTSS(address(param), z)
	return z
}

// inputs are the registers that walk through A and B.
type inputs struct {
	k, b, bs, acs reg.GPVirtual
	bases         []reg.GPVirtual
	rows          []Mem // the rows of A, half of them from each base
}

// loadInputs loads the arguments that give the addresses of A and B. A row of A is addressed
// as one of two bases plus a multiple of the stride, so that 14 rows take five registers.
func loadInputs() inputs {
	in := inputs{k: load("k"), b: base("b"), bs: stride("bs"), acs: stride("acs")}
	a, s := base("a"), stride("ars")
	s3, s5, a7 := GP64(), GP64(), GP64()
	LEAQ(Mem{Base: s, Index: s, Scale: 2}, s3)
	LEAQ(Mem{Base: s, Index: s, Scale: 4}, s5)
	LEAQ(Mem{Base: a, Index: s3, Scale: 2}, a7)
	ADDQ(s, a7)
	in.bases = []reg.GPVirtual{a, a7}
	for _, b := range in.bases {
		at := func(index reg.GPVirtual, scale uint8) Mem { return Mem{Base: b, Index: index, Scale: scale} }
		in.rows = append(in.rows, Mem{Base: b}, at(s, 1), at(s, 2), at(s3, 1), at(s, 4), at(s5, 1), at(s3, 2))
	}
	return in
}

// tile writes the code that computes one tile and returns.
func (s isa) tile(t tile, f factors, in inputs, cols reg.GPVirtual) {
	Label(t.label("tile"))
	acc := make([][]reg.Register, t.rows)
	for i := range acc {
		for v := range t.vecs {
			z := f.accumulator(t, i*t.vecs+v)
			VXORPS(z, z, z)
			acc[i] = append(acc[i], z)
		}
	}

	t.prefetch()
	Label(t.label("loop"))
	f.multiply(t, acc, in)
	ADDQ(in.acs, in.bases[0])
	if t.rows > len(in.rows)/2 {
		ADDQ(in.acs, in.bases[1])
	}
	ADDQ(in.bs, in.b)
	DECQ(in.k)
	JNZ(LabelRef(t.label("loop")))
	f.end()

	alpha := t.broadcast("alpha")
	for _, z := range slices.Concat(acc...) {
		VMULPS(alpha, z, z)
	}
	CMPQ(cols, Imm(uint64(t.cols())))
	JNE(LabelRef(t.label("edge")))
	t.finish(acc, all{}, "whole")
	Label(t.label("edge"))
	t.finish(acc, s.edge(t, cols), "part")
}

// prefetch writes code that fetches the tile's part of C, which is needed after the
// multiplications and may be in no cache.
func (t tile) prefetch() {
	row, cs := base("c"), stride("cs")
	for i := range t.rows {
		for at := 0; at < t.cols()*wordBytes; at += lineBytes {
			PREFETCHT0(Mem{Base: row, Disp: at})
		}
		if i < t.rows-1 {
			ADDQ(cs, row)
		}
	}
}

// floats are factors in float32.
type floats struct{}

func (floats) accumulator(t tile, _ int) reg.Register { return t.vector() }
func (floats) begin()                                 {}
func (floats) end()                                   {}

func (floats) multiply(t tile, acc [][]reg.Register, in inputs) {
	b := make([]reg.VecVirtual, t.vecs)
	for v := range b {
		b[v] = t.vector()
		VMOVUPS(Mem{Base: in.b, Disp: v * t.lanes * wordBytes}, b[v])
	}
	for i := range acc {
		a := t.vector()
		VBROADCASTSS(in.rows[i], a)
		for v := range b {
			VFMADD231PS(a, b[v], acc[i][v])
		}
	}
}

// finish writes code that adds beta times C to acc unless beta is zero, stores acc in C, and
// returns.
func (t tile) finish(acc [][]reg.Register, to columns, how string) {
	c, cs := base("c"), stride("cs")
	each := func(do func(v int, acc reg.Register, mem Mem)) {
		row := GP64()
		MOVQ(c, row)
		for i := range acc {
			for v, z := range acc[i] {
				do(v, z, Mem{Base: row, Disp: v * t.lanes * wordBytes})
			}
			if i < len(acc)-1 {
				ADDQ(cs, row)
			}
		}
	}
	sign := GP32()
	MOVL(address("beta"), sign)
	ADDL(sign, sign) // drops the sign bit, so that -0 is zero too
	JZ(LabelRef(t.label(how)))
	beta := t.broadcast("beta")
	each(func(v int, z reg.Register, mem Mem) { to.addScaled(v, mem, beta, z) })
	Label(t.label(how))
	each(to.store)
	VZEROUPPER()
	RET()
}
