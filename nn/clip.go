package nn

// The norm of all gradients together, and clipping it to a limit.

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

// ClipGlobalNorm scales all gradients by one factor so that their common norm is at most
// limit, and returns the norm before scaling. A limit of 0 means no limit.
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
