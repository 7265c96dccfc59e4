package theory

import (
	"math"

	"ranksweep/nn"
)

// piSSA has the laws of PiSSA, whose A and B begin with a part of W: A = √(S/γ) V_rᵀ and B = U_r √(S/γ), with the r
// largest singular values s_k of W. Nothing is random, and both have a gradient at the onset, so that exactly
//
//	‖∇A‖² + ‖∇B‖² = γ Σ_{k≤r} s_k (‖Gv_k‖² + ‖Gᵀu_k‖²)
//	linear:   D = ηγ Σ_{k≤r} s_k (‖Gv_k‖² + ‖Gᵀu_k‖²), if both have one learning rate
//	sign:     D = η√γ Σ_{k≤r} √s_k (‖Gv_k‖₁ + ‖Gᵀu_k‖₁)
//	spectral: D = η√γ (c tr|G V_r √S| + tr|√S U_rᵀ G|), with the trace of the absolute value, the sum of the
//	          singular values, and c = √(out/r).
//
// The power of rank depends on W: with s_k ∝ k^−β, and gradients that do not know the singular vectors, the norm goes
// as r^((1−β−p)/2), which is ½ − p/2 for a flat spectrum. So there is no power for all models. It is computed from the
// weights and gradients of the model at hand, at the ranks at hand.
var piSSA = beginsWithPart(true)

// oLoRA has the laws of OLoRA, whose B and A begin with r columns of Q and r rows of R, W = QR. All holds that holds
// of PiSSA, with γ² in place of γ: B does not depend on γ, nor does A. If rows of R were of one size, the powers would
// be LoRA's. The size of the kth falls with k, in a random W as √(1 − k/in).
var oLoRA = beginsWithPart(false)

// beginsWithPart makes the laws of a method that begins with a part of W. root says that A and B go as 1/√γ.
func beginsWithPart(root bool) Laws {
	gamma := func(z setting) float64 { // of a gradient
		if root {
			return math.Sqrt(z.gamma)
		}
		return z.gamma
	}
	return Laws{
		rootOfGamma: root,
		GradNorm: Prediction{
			Onset: true, own: true,
			expected: func(m MapGeometry, z setting) float64 {
				return sq(gamma(z)) * (m.First.PartA.Squares + m.First.PartB.Squares)
			},
		},
		LossDrop: Prediction{
			Mean: true, own: true,
			expected: func(m MapGeometry, z setting) float64 {
				return z.Rates[nn.RoleA]*gradient(m.First.PartA, gamma(z), z.Update) +
					z.Rates[nn.RoleB]*gradient(m.First.PartB, gamma(z), z.Update)
			},
		},
	}
}

// gradient is what a step at the learning rate 1 takes off the loss, along a gradient that is known at γ = 1.
func gradient(g GradientNorms, gamma float64, u nn.Update) float64 {
	switch u {
	case nn.LinearUpdate:
		return sq(gamma) * g.Squares
	case nn.SignUpdate:
		return gamma * g.Sizes
	case nn.SpectralUpdate:
		return gamma * g.Spectral
	}
	return math.NaN()
}
