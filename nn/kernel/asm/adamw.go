package main

// The generator of AdamW's step.

import (
	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// adamW writes AdamW's update.
func adamW() {
	const notEqual = 4 // or not a number
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
		func(at map[string]Mem) {
			g, m, v, product := loaded(at["g"]), YMM(), YMM(), YMM()
			VMULPS(by["gain1"], g, product)
			VMULPS(at["m"], by["beta1"], m)
			VADDPS(product, m, m)
			VMOVUPS(m, at["m"])
			VMULPS(by["gain2"], g, product)
			VMULPS(g, product, product)
			VMULPS(at["v"], by["beta2"], v)
			VADDPS(product, v, v)
			VMOVUPS(v, at["v"])

			d, moves, w := v, YMM(), YMM()
			VSQRTPS(v, d)
			VMULPS(by["root"], d, d)
			VADDPS(by["eps"], d, d)
			VCMPPS(Imm(notEqual), zero, d, moves)
			VDIVPS(d, m, m)
			VMULPS(by["size"], m, m)
			VANDPS(moves, m, m)
			VMULPS(at["w"], by["keep"], w)
			VSUBPS(m, w, w)
			VMOVUPS(w, at["w"])
		})
}
