package theory

import (
	"math"

	"ranksweep/lora"
	"ranksweep/nn"
)

// loKr has the laws of LoKr, D = γ w1 ⊗ w2, where w1 trains as it is and starts at zero. As PEFT draws it, entries of
// w2 (out₂, in₂) have mean 0 and, while w2 is a product of rank r, the variance 1/(9in₂) at every rank; once it is
// not, 1/(3in₂). In either range,
//
//	(∇w1)_ij = γ Σ_ab G[ia, jb] w2[a, b],    E‖∇w1‖² = γ² ‖G‖² var w2, exactly.
//
// w1 has as many entries at every rank, so that the loss drop goes as γ² under a linear update and as γ under the
// sign; and so does ‖ΔW‖ = γ ‖Δw1‖ ‖w2‖. From the one range to the other the gradient's norm grows by √3, by which a
// power that is fitted across both is off. Under spectral updates the drop goes as γ too, since w1 keeps its shape.
var loKr = Laws{
	GradNorm: Prediction{
		Onset:    true,
		exponent: func(s lora.Scheme, _ nn.Update) float64 { return 0 - s.P },
	},
	LossDrop: Prediction{
		Mean:     true,
		spectral: onePower(func(s lora.Scheme) float64 { return 0 - s.P - s.LRB }),
		exponent: func(s lora.Scheme, u nn.Update) float64 {
			return pick(u, 0-2*s.P-s.LRB, 0-s.P-s.LRB, math.NaN())
		},
	},
	DeltaW: Prediction{
		exponent: func(s lora.Scheme, u nn.Update) float64 {
			return pick(u, 0-2*s.P-s.LRB, 0-s.P-s.LRB, math.NaN())
		},
	},
}
