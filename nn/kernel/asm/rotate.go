package main

// The generator of the rotation for rotary positions.

import (
	. "github.com/mmcloughlin/avo/build"
	"github.com/mmcloughlin/avo/reg"
)

// rotate writes the rotation of one head's halves.
func rotate() {
	var direction reg.VecVirtual
	elementwise("rotate", "lo, hi, cos, sin []float32, direction float32", []string{"lo", "hi", "cos", "sin"},
		func() { direction = repeated("direction") },
		func(at elements) {
			a, b, c, s := at.load("lo"), at.load("hi"), at.load("cos"), vector()
			VMULPS(at.operand("sin"), direction, s)
			lo, hi, product := vector(), vector(), vector()
			VMULPS(c, a, lo)
			VMULPS(s, b, product)
			VSUBPS(product, lo, lo)
			VMULPS(c, b, hi)
			VMULPS(s, a, product)
			VADDPS(product, hi, hi)
			at.store(lo, "lo")
			at.store(hi, "hi")
		})
}
