package main

// The generator of RMSNorm.

import (
	. "github.com/mmcloughlin/avo/build"
	"github.com/mmcloughlin/avo/reg"
)

// norms writes the passes of RMSNorm over a row.
func norms() {
	var inv, mean reg.VecVirtual
	elementwise("normalize", "h, x, w []float32, inv float32", []string{"h", "x", "w"},
		func() { inv = repeated("inv") },
		func(at elements) {
			x := vector()
			VMULPS(at.operand("x"), inv, x)
			VMULPS(at.operand("w"), x, x)
			at.store(x, "h")
		})

	reduction("dot3", "float32", "x, y, z []float32", []string{"x", "y", "z"}, singles,
		func(at elements, p partials) {
			x := at.load("x")
			VMULPS(at.operand("y"), x, x)
			VMULPS(at.operand("z"), x, x)
			VADDPS(x, p[0], p[0])
		})

	elementwise("normalizeBackward", "dx, dh, x, w []float32, inv, mean float32", []string{"dx", "dh", "x", "w"},
		func() { inv, mean = repeated("inv"), repeated("mean") },
		func(at elements) {
			g, along := at.load("dh"), vector()
			VMULPS(at.operand("w"), g, g)
			VMULPS(at.operand("x"), mean, along)
			VSUBPS(along, g, g)
			VMULPS(inv, g, g)
			VADDPS(at.operand("dx"), g, g)
			at.store(g, "dx")
		})
}
