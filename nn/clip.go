package nn

// The norm of all gradients together, and clipping to a largest one.

import (
	"math"

	"ranksweep/nn/kernel"
)

// GradNorm returns the Frobenius norm of all gradients of params together.
func GradNorm(params []Param) float64 {
	var sum float64
	for i := range params {
		sum += kernel.SumSquares(params[i].Grad)
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
		kernel.Scale(params[i].Grad, scale)
	}
	return norm
}
