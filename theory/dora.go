package theory

import (
	"math"

	"ranksweep/lora"
	"ranksweep/nn"
)

// doRA has the laws of DoRA, W′ = m ∘ V/‖V‖ row by row, with V = W + γBA and m = ‖V‖ at the onset. With the length
// of V held constant, as the gradient holds it,
//
//	∇B = γ G Aᵀ,   ∇m_i = μ_i = g_i·ŵ_i,   ŵ_i = w_i/‖w_i‖,
//
// so that the gradient of B is LoRA's. To first order the loss drops by what BA adds across the rows of W, and by
// what m adds along them. By (1) and (3), E γB₁A is −ηγ²σ²r G under a linear update, −ηγσ√(2/π) r ĝ_i by rows under
// the sign, and −ηγ² (r/in) G under a divided one, of which the part along ŵ_i is taken off:
//
//	linear:  E D = ηγ²σ² r (‖G‖² − Σ μ_i²) + η′ Σ μ_i²
//	sign:    E D = ηγσ√(2/π) r Σ (‖g_i‖ − μ_i²/‖g_i‖) + η′ Σ |μ_i|
//	divided: E D = ηγ² (min(r, in)/in) (‖G‖² − Σ μ_i²) + η′ Σ μ_i², for a damping far below AAᵀ.
//
// η′ is the learning rate of m. The first part goes as LoRA's does, the second does not depend on the rank: where
// LoRA collapses, DoRA's loss drop ends at that of its magnitudes. Under spectral updates it lies between the two.
var doRA = Laws{
	GradNorm: GradNormB,
	LossDrop: Prediction{
		Mean: true, own: true,
		exponent: func(s lora.Scheme, u nn.Update) float64 {
			return math.Max(0, LossDrop.exponent(s, u)+LossDrop.rise(u))
		},
		spectral: func(s lora.Scheme) (many, few float64) {
			many, few = LossDrop.spectral(s)
			return math.Min(0, few), math.Max(0, many)
		},
		expected: func(m MapGeometry, z setting) float64 {
			f, own := m.First, z.Rates[nn.RoleOwn]
			kurtosis, independent := z.Init.Kind.Kurtosis()
			switch {
			case z.Init.ZeroA || !independent || z.sign && kurtosis != 3:
				return math.NaN()
			case z.sign:
				return z.lr*z.gamma*z.sigma*math.Sqrt(2/math.Pi)*z.rank*(m.RowNorms-f.AlongUnit) + own*f.AlongSize
			case z.Update == nn.LinearUpdate:
				return z.lr*sq(z.gamma*z.sigma)*z.rank*(m.Gradient-f.Along) + own*f.Along
			case z.Update == nn.DividedUpdate && z.negligible(m.In):
				share := z.rank / float64(m.In)
				return z.lr*sq(z.gamma)*share*(m.Gradient-f.Along) + own*f.Along
			}
			return math.NaN()
		},
	},
	Others: func(lora Prediction) Prediction {
		if !lora.Onset {
			return Prediction{}
		}
		return lora
	},
}

// negligible reports whether the damping is at most a thousandth of the smallest eigenvalue of AAᵀ, which is near
// σ²in (1 − √(r/in))².
func (z setting) negligible(in int) bool {
	n := float64(in)
	return z.rank < n && z.Damping <= 1e-3*sq(z.sigma*(math.Sqrt(n)-math.Sqrt(z.rank)))
}
