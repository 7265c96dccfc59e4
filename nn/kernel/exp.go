package kernel

// The exponential function over a slice: constants, and the portable twin.

import "math"

// The constants of exp. The generator in asm repeats them; arm64's assembly reads them from
// here. The coefficients are those of Cephes' expf: eᶠ ≈ 1 + f + f²P(f) for |f| ≤ ln 2 / 2.
const (
	expLow   = -104 // e^x rounds to 0 below
	expHigh  = 89   // e^x is more than the largest float32 above
	log2E    = math.Log2E
	ln2High  = 0.693359375 // 9 bits, so that its products with n are exact
	ln2Low   = math.Ln2 - ln2High
	expMagic = 1.5 * (1 << 23) // adding it rounds to an integer, in the low bits
	expP0    = 1.9875691500e-4
	expP1    = 1.3981999507e-3
	expP2    = 8.3334519073e-3
	expP3    = 4.1665795894e-2
	expP4    = 1.6666665459e-1
	expP5    = 5.0000001201e-1
	expBias  = 127
	expShift = 23
)

// exp sets dst[i] = e^(src[i] - shift); dst and src have one length, and may
// be the same slice.
//
// The exponential of the rounded difference is within one unit in the last place,
// subnormals included; the largest error measured, at every seventh float32, is 0.982. NaN
// gives NaN. All kernels give the same bytes.
func (u *micro) exp(dst, src []float32, shift float32) {
	dst = dst[:len(src)]
	for i := u.expVectors(dst, src, shift); i < len(src); i++ {
		dst[i] = exp(src[i] - shift)
	}
}

// exp returns e^x by Cody and Waite's reduction x = n ln 2 + f. It scales by 2ⁿ in two
// halves, since 2ⁿ itself can be out of range. Conversions forbid the compiler to fuse, so
// that all platforms give the same bytes.
func exp(x float32) float32 {
	if x < expLow {
		x = expLow
	}
	if x > expHigh {
		x = expHigh
	}
	t := float32(x*log2E) + expMagic
	n := t - expMagic
	f := x - float32(n*ln2High)
	f -= float32(n * ln2Low)

	p := float32(expP0)
	p = float32(p*f) + expP1
	p = float32(p*f) + expP2
	p = float32(p*f) + expP3
	p = float32(p*f) + expP4
	p = float32(p*f) + expP5
	p = float32(p*float32(f*f)) + f
	p += 1

	k := int32(math.Float32bits(t) - math.Float32bits(expMagic))
	half := k >> 1
	return float32(p*exp2(half)) * exp2(k-half)
}

// exp2 returns 2ᵏ for -127 < k < 128.
func exp2(k int32) float32 { return math.Float32frombits(uint32(k+expBias) << expShift) }
