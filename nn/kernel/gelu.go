package kernel

// GELU over a slice, exact and by tanh, with its derivative.

import "math"

// The constants of GELU and its approximation, which the generator in asm repeats. With
// w = 1/(1 + millsRate t), Φ(−t) ≈ e^(−t²/2) w P(w) for t from 0 to where it underflows, to
// a relative error of 3.2e-8. P is a least-squares fit to Mills' ratio in float64, whose
// weights were adjusted to minimize the largest error.
const (
	millsRate = 0.35
	millsP0   = 0.13962166
	millsP1   = 0.13985756
	millsP2   = 0.119863085
	millsP3   = 0.10539214
	millsP4   = -0.022843422
	millsP5   = 0.15879656
	millsP6   = -0.255391
	millsP7   = 0.14381841
	millsP8   = -0.029115016
	density0  = 1 / (math.Sqrt2 * 1.772453850905516) // 1/√(2π)

	tanhScale = 2 * 0.7978845608028654 // 2√(2/π)
	tanhCubic = 0.044715
	tanhLow   = -87 // σ does not underflow yet, and is less than the rounding of any sum with 1
)

// GELU sets f[i] = x Φ(x) for x = x[i], with Φ the normal distribution (Hendrycks & Gimpel
// 2016, arXiv:1606.08415). The slices have one length, and may be the same slice.
//
// All kernels give the same bytes. With u = 2⁻²⁴ and |x| < 13, beyond which the density
// underflows, the error is to first order at most
//
//	|x| ((12 + x²/2) Φ(−|x|) + 2 Φ(x)) u
//
// The error of Φ(−|x|) comes from the fit, the exponential, the rounding of the
// exponential's argument x²/2, and eight further roundings.
func GELU(f, x []float32) { inUse.gelu(f, x) }

func (u *micro) gelu(f, x []float32) {
	f = f[:len(x)]
	for i := u.geluVectors(f, x); i < len(x); i++ {
		phi, _ := gaussian(x[i])
		f[i] = x[i] * phi
	}
}

// GELUSlope sets f[i] to GELU of x[i] and slope[i] to its derivative, Φ(x) + x φ(x). f or
// slope may be x. If slope and f are the same slice, it ends up with the derivative. The
// error of the derivative is to first order at most
// ((16 + x²/2) (Φ(−|x|) + |x| φ(x)) + 2 Φ(x)) u.
func GELUSlope(f, slope, x []float32) { inUse.geluSlope(f, slope, x) }

func (u *micro) geluSlope(f, slope, x []float32) {
	f, slope = f[:len(x)], slope[:len(x)]
	for i := u.geluSlopeVectors(f, slope, x); i < len(x); i++ {
		v := x[i]
		phi, density := gaussian(v)
		f[i] = v * phi
		slope[i] = float32(float32(density*density0)*v) + phi
	}
}

// gaussian returns Φ(x) and e^(−x²/2).
func gaussian(x float32) (phi, density float32) {
	t := x
	if x < 0 {
		t = -x
	}
	density = exp(-float32(float32(x*0.5) * x))
	w := 1 / (float32(t*millsRate) + 1)
	p := float32(millsP8)
	for _, c := range [...]float32{millsP7, millsP6, millsP5, millsP4, millsP3, millsP2, millsP1, millsP0} {
		p = float32(p*w) + c
	}
	q := float32(float32(p*w) * density)
	if x < 0 {
		return q, density
	}
	return 1 - q, density
}

// GELUTanh approximates GELU (section 2 of the same paper). It sets f[i], for x = x[i], to
// ½x(1 + tanh(√(2/π)(x + 0.044715x³))) = x σ(z), z = 2√(2/π)(x + 0.044715x³). The slices
// have one length, and may be the same slice.
//
// All kernels give the same bytes. For z above −87 the error is to first order at most
// (5 + 4 |z| σ(−z)) u |f|, where u = 2⁻²⁴; z has four roundings.
func GELUTanh(f, x []float32) { inUse.geluTanh(f, x) }

func (u *micro) geluTanh(f, x []float32) {
	f = f[:len(x)]
	for i := u.geluTanhVectors(f, x); i < len(x); i++ {
		s, _, _ := tanhSigmoid(x[i])
		f[i] = x[i] * s
	}
}

// GELUTanhSlope sets f[i] to GELUTanh of x[i] and slope[i] to its derivative,
// σ(z)(1 + x σ(−z) dz/dx). f or slope may be x. If slope and f are the same slice, it ends
// up with the derivative. For |x| < 1e18 and z above −87, the error of the derivative is to
// first order at most (12 + 4 |z|) u σ(z)(1 + |x| σ(−z) dz/dx).
func GELUTanhSlope(f, slope, x []float32) { inUse.geluTanhSlope(f, slope, x) }

func (u *micro) geluTanhSlope(f, slope, x []float32) {
	f, slope = f[:len(x)], slope[:len(x)]
	for i := u.geluTanhSlopeVectors(f, slope, x); i < len(x); i++ {
		v := x[i]
		s, rest, square := tanhSigmoid(v)
		dz := float32(square*(3*tanhScale*tanhCubic)) + tanhScale
		f[i] = v * s
		slope[i] = (float32(float32(rest*v)*dz) + 1) * s
	}
}

// tanhSigmoid returns σ(z) and σ(−z) for the z of [GELUTanh], and x².
func tanhSigmoid(x float32) (s, rest, square float32) {
	square = x * x
	z := (float32(square*(tanhScale*tanhCubic)) + tanhScale) * x
	if z < tanhLow {
		z = tanhLow
	}
	s, power := sigmoid(z)
	return s, power * s, square
}
