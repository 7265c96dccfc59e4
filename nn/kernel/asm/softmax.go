package main

// The generator of softmax.

import (
	"math"

	. "github.com/mmcloughlin/avo/build"
	"github.com/mmcloughlin/avo/reg"
)

// softmax writes the passes of a softmax before and after its exponential. To put one of
// them into the exponential's loop would not be faster: on AMD's Zen 1 the exponential
// fills the core's window of instructions by itself.
func softmax() {
	reduction("largest", "float32", "x []float32", []string{"x"},
		func() partials { return partials{loaded(sameFloat("minusInf", float32(math.Inf(-1))))} },
		func(at elements, p partials) {
			// If the first operand is not greater, or NaN, the second one is kept.
			VMAXPS(p[0], at.load("x"), p[0])
		})

	reduction("total", "float64", "x []float32", []string{"x"}, doubles,
		func(at elements, p partials) {
			for i := range p {
				half := vector()
				VCVTPS2PD(p.half(at.at["x"], i), half)
				VADDPD(half, p[i], p[i])
			}
		})

	var delta reg.VecVirtual
	elementwise("jacobian", "dx, p []float32, delta float32", []string{"dx", "p"},
		func() { delta = repeated("delta") },
		func(at elements) {
			d := at.load("dx")
			VSUBPS(delta, d, d)
			VMULPS(at.operand("p"), d, d)
			at.store(d, "dx")
		})
}
