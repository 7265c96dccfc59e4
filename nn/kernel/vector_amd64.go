package kernel

// lanes is how many elements the functions in assembly take at a time. The
// caller does what they leave.
const lanes = 8

// expVectors does [micro.exp] for as many elements as it returns.
func (u *micro) expVectors(dst, src []float32, shift float32) int {
	n := u.whole(len(src))
	if n > 0 {
		expAVX2(n, dst, src, shift)
	}
	return n
}

// swigluVectors does [micro.swiglu] for as many elements as it returns.
func (u *micro) swigluVectors(act, gate, up []float32) int {
	n := u.whole(len(act))
	if n > 0 {
		swigluAVX2(n, act, gate, up)
	}
	return n
}

// swigluBackwardVectors does [micro.swigluBackward] for as many elements as
// it returns.
func (u *micro) swigluBackwardVectors(dgate, dup, dact, gate, up []float32) int {
	n := u.whole(len(dact))
	if n > 0 {
		swigluBackwardAVX2(n, dgate, dup, dact, gate, up)
	}
	return n
}

// whole returns how many of n elements make whole vectors.
func (u *micro) whole(n int) int {
	if u == &portable {
		return 0
	}
	return n / lanes * lanes
}
