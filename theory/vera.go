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
// under a linear update and under the sign: the convention that VeRA comes with is stable. Nor do they under a
// spectral one, which keeps the direction of a vector and gives it one length.
//
// A is drawn once, as wide as the widest map, w. Its entries have the variance 2/w, so that s² = 0.04/w. Given A,
// ∇b_i is a sum of r uniform entries, of one row of B, with the weights 0.1 A g_i, which are near normal. The mean
// length of r of those is their root mean square times √(2/r) Γ((r+1)/2)/Γ(r/2). The excess kurtosis −1.2 of uniform
// entries gives the mean of |∇b_i| a factor 1 + 0.15/(r+2) beside that of a normal variable, to the first power of
// 1/r, so that to that power
//
//	linear: E D = ηs² ‖G‖², exactly
//	sign:   E D = ηs √(2/π) √(2/r) [Γ((r+1)/2)/Γ(r/2)] (1 + 0.15/(r+2)) Σ_i ‖g_i‖.
var veRA = Laws{
	GradNorm: Prediction{
		Onset: true, own: true, exponent: freeOfRank,
		expected: func(m MapGeometry, z setting) float64 { return veRAVariance(z) * m.Gradient },
	},
	LossDrop: Prediction{
		Mean: true, own: true, exponent: ofRateB,
		spectral: onePower(func(s lora.Scheme) float64 { return 0 - s.LRB }),
		expected: func(m MapGeometry, z setting) float64 {
			switch z.Update {
			case nn.LinearUpdate:
				return z.lr * veRAVariance(z) * m.Gradient
			case nn.SignUpdate:
				length := math.Sqrt(2/z.rank) * math.Exp(logGamma((z.rank+1)/2)-logGamma(z.rank/2))
				return z.lr * math.Sqrt(2/math.Pi*veRAVariance(z)) * length * (1 + 0.15/(z.rank+2)) * m.RowNorms
			}
			return math.NaN()
		},
	},
	DeltaW: Prediction{exponent: ofRateB},
}

// veRAVariance is s², the variance of an entry of B diag(d) A.
func veRAVariance(z setting) float64 { return 0.04 / z.widest }

func freeOfRank(lora.Scheme, nn.Update) float64 { return 0 }

// ofRateB is a power that depends on the learning rate of B alone.
func ofRateB(s lora.Scheme, u nn.Update) float64 { return pick(u, 0-s.LRB, 0-s.LRB, math.NaN()) }
