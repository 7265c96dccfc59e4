package nn

import "math"

// SumSquares returns Σ x², added up in float64 in an order that depends on
// len(x) alone. It cannot overflow.
func SumSquares(x []float32) float64 {
	var s0, s1, s2, s3 float64 // four chains, so that additions overlap
	for ; len(x) >= 4; x = x[4:] {
		a, b, c, d := float64(x[0]), float64(x[1]), float64(x[2]), float64(x[3])
		s0 += a * a
		s1 += b * b
		s2 += c * c
		s3 += d * d
	}
	for _, v := range x {
		s0 += float64(v) * float64(v)
	}
	return (s0 + s1) + (s2 + s3)
}

// GradNorm returns the Frobenius norm of all gradients of params together.
func GradNorm(params []Param) float64 {
	var sum float64
	for i := range params {
		sum += SumSquares(params[i].Grad)
	}
	return math.Sqrt(sum)
}

// ClipGlobalNorm scales all gradients by one factor so that their norm
// together is at most limit, and returns the norm that they had. A limit of 0
// is no limit.
func ClipGlobalNorm(params []Param, limit float64) float64 {
	norm := GradNorm(params)
	if !(limit > 0 && norm > limit) {
		return norm
	}
	scale := float32(limit / norm)
	for i := range params {
		g := params[i].Grad
		for j := range g {
			g[j] *= scale
		}
	}
	return norm
}
