package main

// The generator of sums and other reductions, and of the simplest element-wise functions.

import (
	"fmt"

	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// partials are the registers of a reduction's eight partial results.
type partials []reg.VecVirtual

// singles are partial results in float32, all zero.
func singles() partials { return zeros(1) }

// doubles are partial results in float64, all zero.
func doubles() partials { return zeros(2) }

func zeros(n int) partials {
	p := make(partials, n)
	for i := range p {
		p[i] = vector()
		VXORPS(p[i], p[i], p[i])
	}
	return p
}

// store writes p to the array that the argument to points to.
func (p partials) store(to string) {
	at := load(to)
	for i, x := range p {
		VMOVUPS(x, Mem{Base: at, Disp: i * lanes * wordBytes})
	}
}

// half returns the address of the elements that go into the i-th register of doubles.
func (p partials) half(at Mem, i int) Mem { return at.Offset(i * lanes * wordBytes / len(p)) }

// reduction writes a function of slices, all of n elements. It leaves partial results of
// the type result in the array to which its first argument points.
func reduction(name, result, params string, slices []string, setup func() partials,
	body func(at elements, p partials)) {
	TEXT(name+"AVX2", NOSPLIT, fmt.Sprintf("func(parts *[8]%s, n int, %s)", result, params))
	Doc(name + "AVX2 sets parts to those of [micro." + name + "] for n elements, a positive multiple of 8.")
	var p partials
	loop(slices,
		func() { p = setup() },
		func(at elements) { body(at, p) },
		func() { p.store("parts") })
}

// sums writes the reductions of plain slices, and equally simple functions.
func sums() {
	reduction("dot", "float32", "x, y []float32", []string{"x", "y"}, singles,
		func(at elements, p partials) {
			x := at.load("x")
			VMULPS(at.operand("y"), x, x)
			VADDPS(x, p[0], p[0])
		})

	reduction("sumSquares", "float64", "x []float32", []string{"x"}, doubles,
		func(at elements, p partials) {
			for i := range p {
				half := vector()
				VCVTPS2PD(p.half(at.at["x"], i), half)
				VMULPD(half, half, half)
				VADDPD(half, p[i], p[i])
			}
		})

	elementwise("add", "dst, src []float32", []string{"dst", "src"}, func() {},
		func(at elements) {
			x := at.load("dst")
			VADDPS(at.operand("src"), x, x)
			at.store(x, "dst")
		})

	elementwise("times", "dst, src []float32", []string{"dst", "src"}, func() {},
		func(at elements) {
			x := at.load("dst")
			VMULPS(at.operand("src"), x, x)
			at.store(x, "dst")
		})

	var factor reg.VecVirtual
	elementwise("scale", "x []float32, factor float32", []string{"x"},
		func() { factor = repeated("factor") },
		func(at elements) {
			x := vector()
			VMULPS(at.operand("x"), factor, x)
			at.store(x, "x")
		})
}
