package main

// The generator of GELU and its approximation by tanh.

import (
	"math"

	. "github.com/mmcloughlin/avo/build"
	"github.com/mmcloughlin/avo/reg"
)

// gelus writes GELU, its approximation, and both with their derivatives.
func gelus(e exponential) {
	rate, half, density := sameFloat("millsRate", 0.35), sameFloat("half", 0.5),
		sameFloat("density", 1/(math.Sqrt2*1.772453850905516))
	p := coefficients("millsP", -0.029115016, 0.14381841, -0.255391, 0.15879656, -0.022843422, 0.10539214,
		0.119863085, 0.13985756, 0.13962166)
	// gaussian returns Φ(x) and e^(−x²/2), and keeps x.
	gaussian := func(x reg.VecVirtual) (phi, d reg.VecVirtual) {
		zero, t := vector(), vector()
		VXORPS(zero, zero, zero)
		VMULPS(half, x, t)
		VMULPS(x, t, t)
		VSUBPS(t, zero, t)
		d = e.of(t)

		VXORPS(zero, zero, zero)
		VSUBPS(x, zero, t)
		negative := compare(x, less, zero)
		negative.choose(t, x, t)
		VMULPS(rate, t, t)
		VADDPS(e.one, t, t)
		w := loaded(e.one)
		VDIVPS(t, w, w)
		q := horner(w, p)
		VMULPS(w, q, q)
		VMULPS(d, q, q)
		phi = loaded(e.one)
		VSUBPS(q, phi, phi)
		negative.choose(q, phi, phi)
		return phi, d
	}
	elementwise("gelu", "f, x []float32", []string{"f", "x"}, func() {},
		func(at elements) {
			x := at.load("x")
			phi, _ := gaussian(x)
			VMULPS(phi, x, x)
			at.store(x, "f")
		})
	elementwise("geluSlope", "f, slope, x []float32", []string{"f", "slope", "x"}, func() {},
		func(at elements) {
			x := at.load("x")
			phi, d := gaussian(x)
			VMULPS(density, d, d)
			VMULPS(x, d, d)
			VADDPS(phi, d, d)
			VMULPS(phi, x, x)
			at.store(x, "f")
			at.store(d, "slope")
		})

	const scale, cubic = 2 * 0.7978845608028654, 0.044715
	low, linear, third, cube := sameFloat("tanhLow", -87), sameFloat("tanhScale", scale),
		sameFloat("tanhThird", scale*cubic), sameFloat("tanhCube", 3*scale*cubic)
	// sigmoids returns σ(z), e^(−z) and x², and keeps x.
	sigmoids := func(x reg.VecVirtual) (s, power, square reg.VecVirtual) {
		z, bound := vector(), vector()
		square = vector()
		VMULPS(x, x, square)
		VMULPS(third, square, z)
		VADDPS(linear, z, z)
		VMULPS(x, z, z)
		VMOVUPS(low, bound)
		VMAXPS(z, bound, z)
		s, power = e.sigmoid(z)
		return s, power, square
	}
	elementwise("geluTanh", "f, x []float32", []string{"f", "x"}, func() {},
		func(at elements) {
			x := at.load("x")
			s, _, _ := sigmoids(x)
			VMULPS(s, x, x)
			at.store(x, "f")
		})
	elementwise("geluTanhSlope", "f, slope, x []float32", []string{"f", "slope", "x"}, func() {},
		func(at elements) {
			x := at.load("x")
			s, rest, dz := sigmoids(x)
			VMULPS(s, rest, rest)
			VMULPS(cube, dz, dz)
			VADDPS(linear, dz, dz)
			VMULPS(x, rest, rest)
			VMULPS(dz, rest, rest)
			VADDPS(e.one, rest, rest)
			VMULPS(s, rest, rest)
			VMULPS(s, x, x)
			at.store(x, "f")
			at.store(rest, "slope")
		})
}
