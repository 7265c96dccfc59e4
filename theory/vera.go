package theory

import (
	"math"

	"ranksweep/lora"
	"ranksweep/nn"
)

// veRA has the laws of VeRA, D = diag(b) B diag(d) A, where b (out) is zero and nothing is multiplied by γ.
// As PEFT draws them, entries of B have the variance 2/r and those of A one that does not depend on r, and d
// is 0.1. So the entries of M = B diag(d) A have one variance s² at every rank, and
//
//	∇b_i = Σ_j G_ij M_ij,   E‖∇b‖² = s² ‖G‖², exactly;   ΔW = diag(Δb) M.
//
// b has as many entries at every rank. So neither the gradient, nor the first loss drop, nor ΔW depends on the rank,
// under a linear update and under the sign: the convention that VeRA comes with is stable.
var veRA = Laws{
	GradNorm: Prediction{Onset: true, exponent: freeOfRank},
	LossDrop: Prediction{Mean: true, exponent: ofRateB},
	DeltaW:   Prediction{exponent: ofRateB},
}

func freeOfRank(lora.Scheme, nn.Update) float64 { return 0 }

// ofRateB is a power that depends on the learning rate of B alone.
func ofRateB(s lora.Scheme, u nn.Update) float64 { return pick(u, 0-s.LRB, 0-s.LRB, math.NaN()) }
