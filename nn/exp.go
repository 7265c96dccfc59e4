package nn

import "math"

// exp computes eˣ in float32 to within 2 units in the last place: Cody and
// Waite's reduction x = n·ln 2 + f with |f| ≤ ln 2 / 2, then the Taylor
// polynomial of degree 7, whose truncation error there is below 6e-9.
// Results below the smallest normal number are zero.
func exp(x float32) float32 {
	const (
		log2e = 1.44269504088896340736
		ln2Hi = 0.693359375 // ln 2 in 9 bits, so that n·ln2Hi is exact
		ln2Lo = -2.12194440054690583e-4
		magic = 1.5 * (1 << 23) // adding and subtracting it rounds to an integer
	)
	switch {
	case x > 88.72283:
		return float32(math.Inf(1))
	case x < -87.33654:
		return 0
	case x != x:
		return x
	}
	n := float32(x*log2e+magic) - magic
	f := x - n*ln2Hi
	f -= n * ln2Lo
	p := float32(1.0 / 5040)
	p = p*f + 1.0/720
	p = p*f + 1.0/120
	p = p*f + 1.0/24
	p = p*f + 1.0/6
	p = p*f + 0.5
	p = p*f*f + f + 1
	if n == 128 { // 2¹²⁸ has no float32; the product may have
		return p * 2 * math.Float32frombits((127+127)<<23)
	}
	return p * math.Float32frombits(uint32(int32(n)+127)<<23)
}
