package kernel

// Soft caps over a slice: c·tanh(z/c).

import "math"

// The coefficients of Cephes' tanhf: tanh a ≈ a + a³P(a²) for 0 ≤ a < tanhSmall.
const (
	tanhSmall = 0.625
	tanhP0    = -5.70498872745e-3
	tanhP1    = 2.06390887954e-2
	tanhP2    = -5.37397155531e-2
	tanhP3    = 1.33314422036e-1
	tanhP4    = -3.33332819422e-1
)

// Softcap sets z[i] = c tanh(z[i]/c) for c > 0 (Gemma 2, arXiv:2408.00118, section 2). All
// kernels give the same bytes. Barring underflow, the relative error is at most 8u to first
// order, where u = 2⁻²⁴: two for z/c, whose relative error tanh does not increase, five for
// tanh and one for the product.
func Softcap(z []float32, c float32) { inUse.softcap(z, c) }

func (u *micro) softcap(z []float32, c float32) {
	inv := 1 / c
	for i := u.softcapVectors(z, c, inv); i < len(z); i++ {
		z[i] = c * tanh(z[i]*inv)
	}
}

func tanh(x float32) float32 {
	a := math.Float32frombits(math.Float32bits(x) &^ signBit)
	t := 1 - 2/(exp(a+a)+1)
	if a < tanhSmall {
		s := a * a
		p := float32(s*tanhP0) + tanhP1
		p = float32(p*s) + tanhP2
		p = float32(p*s) + tanhP3
		p = float32(p*s) + tanhP4
		t = float32(float32(p*s)*a) + a
	}
	return math.Float32frombits(math.Float32bits(t) | math.Float32bits(x)&signBit)
}

const signBit = 1 << 31
