package main

// The generator of AdamW's step.

import (
	. "github.com/mmcloughlin/avo/build"
	"github.com/mmcloughlin/avo/reg"
)

// adamW writes AdamW's update.
func adamW() {
	params := []string{"beta1", "gain1", "beta2", "gain2", "keep", "size", "root", "eps"}
	by := map[string]reg.VecVirtual{}
	var zero reg.VecVirtual
	elementwise("adamW", "w, g, m, v []float32, beta1, gain1, beta2, gain2, keep, size, root, eps float32",
		[]string{"w", "g", "m", "v"},
		func() {
			for _, p := range params {
				by[p] = repeated(p)
			}
			zero = zeros(1)[0]
		},
		func(at elements) {
			g, m, v, product := at.load("g"), vector(), vector(), vector()
			VMULPS(by["gain1"], g, product)
			VMULPS(at.operand("m"), by["beta1"], m)
			VADDPS(product, m, m)
			at.store(m, "m")
			VMULPS(by["gain2"], g, product)
			VMULPS(g, product, product)
			VMULPS(at.operand("v"), by["beta2"], v)
			VADDPS(product, v, v)
			at.store(v, "v")

			d, w := v, vector()
			VSQRTPS(v, d)
			VMULPS(by["root"], d, d)
			VADDPS(by["eps"], d, d)
			moves := compare(d, notEqual, zero)
			VDIVPS(d, m, m)
			VMULPS(by["size"], m, m)
			moves.keep(m)
			VMULPS(at.operand("w"), by["keep"], w)
			VSUBPS(m, w, w)
			at.store(w, "w")
		})
}
