package theory

import (
	"math"

	"ranksweep/lora"
	"ranksweep/nn"
)

// adaLoRA has the laws of AdaLoRA, D = γ Σ_k E_k b_k a_kᵀ, before it cuts. E (r) is zero, and the entries of b_k, a
// column of B, and of a_k, a row of A, are independent normal numbers with the variance s² at every rank. So
//
//	∇E_k = γ b_kᵀ G a_k,   E‖∇E‖² = γ² s⁴ r ‖G‖²
//
// exactly. A squared norm has the relative variance (2 + 6‖GᵀG‖²/‖G‖⁴)/r, by E (βᵀGα)⁴ = 3(‖G‖⁴ + 2‖GᵀG‖²): up to
// 8/r, where LoRA's has up to 2/r. The mean of its logarithm is below the logarithm of its mean by about half of that,
// so that a power which is fitted from small ranks on comes out a little too high. The r entries are independent and
// distributed alike, so that the first loss drop is
//
//	linear:  η‖∇E‖²,        in the mean ηγ² s⁴ r ‖G‖²
//	sign:    η Σ_k |∇E_k|,  in the mean ηγ s² r √(2/π) E‖Gα‖, for a standard normal α.
//
// The update of the weights is a sum of r independent matrices γ ΔE_k b_k a_kᵀ. Its mean square is r times that of
// one, and r(r−1) times the square of their mean, which is along G under a linear update, since E b_k b_kᵀ G a_k a_kᵀ =
// s⁴ G. With E (βᵀGα)² ‖β‖² ‖α‖² = (out+2)(in+2) ‖G‖²,
//
//	linear:  E‖ΔW‖² = η²γ⁴ s⁸ r [(out+2)(in+2) + r − 1] ‖G‖²
//	sign:    E‖ΔW‖² = η²γ² s⁴ r [out·in + (r−1) m],  m at most 2/π.
//
// exactly. So far below r = out·in, which is far above every side of the map, the norm goes as γ²√r or γ√r: unlike
// LoRA's, it does not rise faster at ranks above the width. The powers are LoRA's: γ ∝ 1/√r is stable under SGD, and
// α/r, the convention it comes with, under the sign.
//
// A spectral update gives E, a vector, one length at every rank, so that the loss drop goes as ‖∇E‖.
//
// A and B move by the penalty alone, as long as E is zero, so that what they move by counts from the second step on.
var adaLoRA = Laws{
	GradNorm: Prediction{
		Onset:    true,
		exponent: func(s lora.Scheme, _ nn.Update) float64 { return 0.5 - s.P },
	},
	LossDrop: Prediction{
		Mean:     true,
		spectral: onePower(func(s lora.Scheme) float64 { return 0.5 - s.P - s.LRB }),
		exponent: func(s lora.Scheme, u nn.Update) float64 {
			return pick(u, 1-2*s.P-s.LRB, 1-s.P-s.LRB, math.NaN())
		},
	},
	DeltaW: Prediction{
		exponent: func(s lora.Scheme, u nn.Update) float64 {
			return pick(u, 0.5-2*s.P-s.LRB, 0.5-s.P-s.LRB, math.NaN())
		},
	},
}
