package main

// The generator of the rotation for rotary positions.

import (
	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// rotate writes the rotation of one head's halves.
func rotate() {
	var direction reg.VecVirtual
	elementwise("rotate", "lo, hi, cos, sin []float32, direction float32", []string{"lo", "hi", "cos", "sin"},
		func() { direction = repeated("direction") },
		func(at map[string]Mem) {
			a, b, c, s := loaded(at["lo"]), loaded(at["hi"]), loaded(at["cos"]), YMM()
			VMULPS(at["sin"], direction, s)
			lo, hi, product := YMM(), YMM(), YMM()
			VMULPS(c, a, lo)
			VMULPS(s, b, product)
			VSUBPS(product, lo, lo)
			VMULPS(c, b, hi)
			VMULPS(s, a, product)
			VADDPS(product, hi, hi)
			VMOVUPS(lo, at["lo"])
			VMOVUPS(hi, at["hi"])
		})
}
