package kernel

// Element-wise functions in assembly: arm64.

// lanes is the number of elements that the functions in assembly take at a time. The caller
// does the rest, less than lanes elements.
const lanes = 4

// expConstants are the constants of the exponential in assembly, in the order in which it
// loads them.
var expConstants = [...]float32{
	expLow, expHigh, log2E, ln2High, ln2Low, expMagic,
	expP0, expP1, expP2, expP3, expP4, expP5,
	1,
}

// expVectors does [micro.exp] for as many elements as it returns.
func (u *micro) expVectors(dst, src []float32, shift float32) int {
	n := u.whole(len(src))
	if n > 0 {
		expNEON(n, dst, src, shift)
	}
	return n
}

// swigluVectors does [micro.swiglu] for as many elements as it returns.
func (u *micro) swigluVectors(act, gate, up []float32) int {
	n := u.whole(len(act))
	if n > 0 {
		swigluNEON(n, act, gate, up)
	}
	return n
}

// swigluBackwardVectors does [micro.swigluBackward] for as many elements as
// it returns.
func (u *micro) swigluBackwardVectors(dgate, dup, dact, gate, up []float32) int {
	n := u.whole(len(dact))
	if n > 0 {
		swigluBackwardNEON(n, dgate, dup, dact, gate, up)
	}
	return n
}

// whole returns n rounded down to whole vectors.
func (u *micro) whole(n int) int {
	if u == &portable {
		return 0
	}
	return n / lanes * lanes
}

// expNEON is [micro.exp] for n elements, a positive multiple of 4.
//
//go:noescape
func expNEON(n int, dst, src []float32, shift float32)

// swigluNEON is [micro.swiglu] for n elements, a positive multiple of 4.
//
//go:noescape
func swigluNEON(n int, act, gate, up []float32)

// swigluBackwardNEON is [micro.swigluBackward] for n elements, a positive
// multiple of 4.
//
//go:noescape
func swigluBackwardNEON(n int, dgate, dup, dact, gate, up []float32)
