package main

import (
	"fmt"

	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// softcap writes c tanh(z/c).
func softcap(e exponential) {
	sign, two, small := same("signBit", 1<<31), sameFloat("two", 2), sameFloat("tanhSmall", 0.625)
	var p []Mem // highest power first
	for i, c := range []float32{-5.70498872745e-3, 2.06390887954e-2, -5.37397155531e-2, 1.33314422036e-1, -3.33332819422e-1} {
		p = append(p, sameFloat(fmt.Sprintf("tanhP%d", i), c))
	}
	var c, inv reg.VecVirtual
	elementwise("softcap", "z []float32, c, inv float32", []string{"z"},
		func() { c, inv = repeated("c"), repeated("inv") },
		func(at map[string]Mem) {
			x, a, minus := loaded(at["z"]), YMM(), YMM()
			VMULPS(inv, x, x)
			VMOVUPS(sign, minus)
			VANDPS(x, minus, minus)
			VXORPS(minus, x, a)

			double, t := YMM(), YMM()
			VADDPS(a, a, double)
			far := e.of(double)
			VADDPS(e.one, far, far)
			VMOVUPS(two, t)
			VDIVPS(far, t, t)
			VMOVUPS(e.one, far)
			VSUBPS(t, far, far)

			s, near := YMM(), YMM()
			VMULPS(a, a, s)
			VMULPS(p[0], s, near)
			for _, q := range p[1:] {
				VADDPS(q, near, near)
				VMULPS(s, near, near)
			}
			VMULPS(a, near, near)
			VADDPS(a, near, near)

			nearby := YMM()
			VMOVUPS(small, nearby)
			VCMPPS(Imm(less), nearby, a, nearby)
			VBLENDVPS(nearby, near, far, t)
			VORPS(minus, t, t)
			VMULPS(c, t, t)
			VMOVUPS(t, at["z"])
		})
}
