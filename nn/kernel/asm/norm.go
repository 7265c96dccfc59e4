package main

// The generator of RMSNorm.

import (
	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// norms writes the passes of RMSNorm over a row.
func norms() {
	var inv, mean reg.VecVirtual
	elementwise("normalize", "h, x, w []float32, inv float32", []string{"h", "x", "w"},
		func() { inv = repeated("inv") },
		func(at map[string]Mem) {
			x := YMM()
			VMULPS(at["x"], inv, x)
			VMULPS(at["w"], x, x)
			VMOVUPS(x, at["h"])
		})

	reduction("dot3", "float32", "x, y, z []float32", []string{"x", "y", "z"}, singles,
		func(at map[string]Mem, p partials) {
			x := loaded(at["x"])
			VMULPS(at["y"], x, x)
			VMULPS(at["z"], x, x)
			VADDPS(x, p[0], p[0])
		})

	elementwise("normalizeBackward", "dx, dh, x, w []float32, inv, mean float32", []string{"dx", "dh", "x", "w"},
		func() { inv, mean = repeated("inv"), repeated("mean") },
		func(at map[string]Mem) {
			g, along := loaded(at["dh"]), YMM()
			VMULPS(at["w"], g, g)
			VMULPS(at["x"], mean, along)
			VSUBPS(along, g, g)
			VMULPS(inv, g, g)
			VADDPS(at["dx"], g, g)
			VMOVUPS(g, at["dx"])
		})
}
