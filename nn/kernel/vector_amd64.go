package kernel

// Element-wise functions in assembly: amd64.

// lanes is the number of elements that the functions by AVX2 take at a time. The caller does the rest, less than
// lanes elements. Those by AVX-512 take any number.
const lanes = 8

// expVectors does [micro.exp] for as many elements as it returns.
func (u *micro) expVectors(dst, src []float32, shift float32) int {
	n := u.taken(len(src))
	switch {
	case n == 0:
	case u.wide:
		expAVX512(n, dst, src, shift)
	default:
		expAVX2(n, dst, src, shift)
	}
	return n
}

// swigluVectors does [micro.swiglu] for as many elements as it returns.
func (u *micro) swigluVectors(act, gate, up []float32) int {
	n := u.taken(len(act))
	switch {
	case n == 0:
	case u.wide:
		swigluAVX512(n, act, gate, up)
	default:
		swigluAVX2(n, act, gate, up)
	}
	return n
}

// swigluBackwardVectors does [micro.swigluBackward] for as many elements as
// it returns.
func (u *micro) swigluBackwardVectors(dgate, dup, dact, gate, up []float32) int {
	n := u.taken(len(dact))
	switch {
	case n == 0:
	case u.wide:
		swigluBackwardAVX512(n, dgate, dup, dact, gate, up)
	default:
		swigluBackwardAVX2(n, dgate, dup, dact, gate, up)
	}
	return n
}

// geluVectors does [micro.gelu] for as many elements as it returns.
func (u *micro) geluVectors(f, x []float32) int {
	n := u.taken(len(x))
	switch {
	case n == 0:
	case u.wide:
		geluAVX512(n, f, x)
	default:
		geluAVX2(n, f, x)
	}
	return n
}

// geluSlopeVectors does [micro.geluSlope] for as many elements as it returns.
func (u *micro) geluSlopeVectors(f, slope, x []float32) int {
	n := u.taken(len(x))
	switch {
	case n == 0:
	case u.wide:
		geluSlopeAVX512(n, f, slope, x)
	default:
		geluSlopeAVX2(n, f, slope, x)
	}
	return n
}

// geluTanhVectors does [micro.geluTanh] for as many elements as it returns.
func (u *micro) geluTanhVectors(f, x []float32) int {
	n := u.taken(len(x))
	switch {
	case n == 0:
	case u.wide:
		geluTanhAVX512(n, f, x)
	default:
		geluTanhAVX2(n, f, x)
	}
	return n
}

// geluTanhSlopeVectors does [micro.geluTanhSlope] for as many elements as it returns.
func (u *micro) geluTanhSlopeVectors(f, slope, x []float32) int {
	n := u.taken(len(x))
	switch {
	case n == 0:
	case u.wide:
		geluTanhSlopeAVX512(n, f, slope, x)
	default:
		geluTanhSlopeAVX2(n, f, slope, x)
	}
	return n
}

// largestVectors sets s to the partial results of [micro.largest] for as
// many elements as it returns; if it returns 0, s is not set.
func (u *micro) largestVectors(s *[parts]float32, x []float32) int {
	n := u.whole(len(x))
	if n > 0 {
		largestAVX2(s, n, x)
	}
	return n
}

// totalVectors sets s to the partial results of [micro.total] for as
// many elements as it returns; if it returns 0, s is not set.
func (u *micro) totalVectors(s *[parts]float64, x []float32) int {
	n := u.whole(len(x))
	if n > 0 {
		totalAVX2(s, n, x)
	}
	return n
}

// jacobianVectors does [micro.jacobian] for as many elements as it returns.
func (u *micro) jacobianVectors(dx, p []float32, delta float32) int {
	n := u.taken(len(p))
	switch {
	case n == 0:
	case u.wide:
		jacobianAVX512(n, dx, p, delta)
	default:
		jacobianAVX2(n, dx, p, delta)
	}
	return n
}

// normalizeVectors does [micro.normalize] for as many elements as it returns.
func (u *micro) normalizeVectors(h, x, w []float32, inv float32) int {
	n := u.taken(len(h))
	switch {
	case n == 0:
	case u.wide:
		normalizeAVX512(n, h, x, w, inv)
	default:
		normalizeAVX2(n, h, x, w, inv)
	}
	return n
}

// dot3Vectors sets s to the partial results of [micro.dot3] for as
// many elements as it returns; if it returns 0, s is not set.
func (u *micro) dot3Vectors(s *[parts]float32, x, y, z []float32) int {
	n := u.whole(len(x))
	if n > 0 {
		dot3AVX2(s, n, x, y, z)
	}
	return n
}

// normalizeBackwardVectors does [micro.normalizeBackward] for as many elements as it returns.
func (u *micro) normalizeBackwardVectors(dx, dh, x, w []float32, inv, mean float32) int {
	n := u.taken(len(dx))
	switch {
	case n == 0:
	case u.wide:
		normalizeBackwardAVX512(n, dx, dh, x, w, inv, mean)
	default:
		normalizeBackwardAVX2(n, dx, dh, x, w, inv, mean)
	}
	return n
}

// rotateVectors does [micro.rotate] for as many elements as it returns.
func (u *micro) rotateVectors(lo, hi, cos, sin []float32, direction float32) int {
	n := u.taken(len(lo))
	switch {
	case n == 0:
	case u.wide:
		rotateAVX512(n, lo, hi, cos, sin, direction)
	default:
		rotateAVX2(n, lo, hi, cos, sin, direction)
	}
	return n
}

// adamWVectors does [micro.adamW] for as many elements as it returns.
func (u *micro) adamWVectors(w, g, m, v []float32, s AdamWStep) int {
	n := u.taken(len(w))
	switch {
	case n == 0:
	case u.wide:
		adamWAVX512(n, w, g, m, v, s.Beta1, s.Gain1, s.Beta2, s.Gain2, s.Keep, s.Size, s.Root, s.Eps)
	default:
		adamWAVX2(n, w, g, m, v, s.Beta1, s.Gain1, s.Beta2, s.Gain2, s.Keep, s.Size, s.Root, s.Eps)
	}
	return n
}

// dotVectors sets s to the partial results of [micro.dot] for as
// many elements as it returns; if it returns 0, s is not set.
func (u *micro) dotVectors(s *[parts]float32, x, y []float32) int {
	n := u.whole(len(x))
	if n > 0 {
		dotAVX2(s, n, x, y)
	}
	return n
}

// sumSquaresVectors sets s to the partial results of [micro.sumSquares] for as
// many elements as it returns; if it returns 0, s is not set.
func (u *micro) sumSquaresVectors(s *[parts]float64, x []float32) int {
	n := u.whole(len(x))
	if n > 0 {
		sumSquaresAVX2(s, n, x)
	}
	return n
}

// addVectors does [micro.add] for as many elements as it returns.
func (u *micro) addVectors(dst, src []float32) int {
	n := u.taken(len(dst))
	switch {
	case n == 0:
	case u.wide:
		addAVX512(n, dst, src)
	default:
		addAVX2(n, dst, src)
	}
	return n
}

// timesVectors does [micro.times] for as many elements as it returns.
func (u *micro) timesVectors(dst, src []float32) int {
	n := u.taken(len(dst))
	switch {
	case n == 0:
	case u.wide:
		timesAVX512(n, dst, src)
	default:
		timesAVX2(n, dst, src)
	}
	return n
}

// softcapVectors does [micro.softcap] for as many elements as it returns.
func (u *micro) softcapVectors(z []float32, c, inv float32) int {
	n := u.taken(len(z))
	switch {
	case n == 0:
	case u.wide:
		softcapAVX512(n, z, c, inv)
	default:
		softcapAVX2(n, z, c, inv)
	}
	return n
}

// scaleVectors does [micro.scale] for as many elements as it returns.
func (u *micro) scaleVectors(x []float32, factor float32) int {
	n := u.taken(len(x))
	switch {
	case n == 0:
	case u.wide:
		scaleAVX512(n, x, factor)
	default:
		scaleAVX2(n, x, factor)
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

// taken returns how many of n elements an element-wise function takes: whole vectors, or all by AVX-512.
func (u *micro) taken(n int) int {
	if u.wide {
		return n
	}
	return u.whole(n)
}
