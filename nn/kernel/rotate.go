package kernel

// Rotation of a head, for rotary positions.

// Rotate turns a head x of 2d channels by d angles, given by their cosines and
// sines, in the rotate-half layout: channel j turns with channel j + d,
//
//	xⱼ = xⱼ cosⱼ − xⱼ₊d sⱼ,  xⱼ₊d = xⱼ₊d cosⱼ + xⱼ sⱼ,  s = direction · sin.
//
// Direction 1 is forward and −1 turns back. All kernels give the same bytes. With u = 2⁻²⁴
// and barring underflow, the error of an element is to first order at most 2u times the sum
// of the magnitudes of its two terms.
func Rotate(x, cos, sin []float32, direction float32) { inUse.rotate(x, cos, sin, direction) }

func (u *micro) rotate(x, cos, sin []float32, direction float32) {
	d := len(cos)
	lo, hi, sin := x[:d], x[d:2*d], sin[:d]
	for i := u.rotateVectors(lo, hi, cos, sin, direction); i < d; i++ {
		a, b, s := lo[i], hi[i], direction*sin[i]
		lo[i] = float32(a*cos[i]) - float32(b*s)
		hi[i] = float32(b*cos[i]) + float32(a*s)
	}
}
