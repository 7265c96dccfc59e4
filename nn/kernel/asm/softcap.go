package main

// The generator of soft caps.

import (
	. "github.com/mmcloughlin/avo/build"
	"github.com/mmcloughlin/avo/reg"
)

// softcap writes c tanh(z/c).
func softcap(e exponential) {
	sign, two, small := same("signBit", 1<<31), sameFloat("two", 2), sameFloat("tanhSmall", 0.625)
	p := coefficients("tanhP", -5.70498872745e-3, 2.06390887954e-2, -5.37397155531e-2, 1.33314422036e-1,
		-3.33332819422e-1)
	var c, inv reg.VecVirtual
	elementwise("softcap", "z []float32, c, inv float32", []string{"z"},
		func() { c, inv = repeated("c"), repeated("inv") },
		func(at elements) {
			x, a, minus := at.load("z"), vector(), vector()
			VMULPS(inv, x, x)
			VMOVUPS(sign, minus)
			VANDPS(x, minus, minus)
			VXORPS(minus, x, a)

			double := vector()
			VADDPS(a, a, double)
			sum := e.of(double)
			VADDPS(e.one, sum, sum)
			t, far := loaded(two), loaded(e.one)
			VDIVPS(sum, t, t)
			VSUBPS(t, far, far)

			s := vector()
			VMULPS(a, a, s)
			near := horner(s, p)
			VMULPS(s, near, near)
			VMULPS(a, near, near)
			VADDPS(a, near, near)

			compare(a, less, loaded(small)).choose(near, far, t)
			VORPS(minus, t, t)
			VMULPS(c, t, t)
			at.store(t, "z")
		})
}
