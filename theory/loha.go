package theory

import (
	"math"

	"ranksweep/lora"
	"ranksweep/nn"
)

// loHa has the laws of LoHa, D = γ P ∘ Q with P = w1a w1b and Q = w2a w2b. As PEFT draws them, entries have mean 0
// and the variances 1/(3r) for w1a and w2a and 1/(3in) for w1b, and w2b is zero. So the entries of P have the
// variance s² = 1/(9in) at every rank. With H = G ∘ P,
//
//	∇w2b = γ w2aᵀ H  (r, in),
//
// of which, exactly, E‖∇w2b‖² = γ² ‖H‖²/3 = γ² ‖G‖²/(27in): without a multiplier it is free of rank. It has r·in
// entries of a size ∝ γ/√r, so that the first loss drop is
//
//	linear:  η‖∇w2b‖²,          in the mean ηγ²‖G‖²/(27in)
//	sign:    η Σ|(∇w2b)_ij|,    which goes as ηγ√r.
//
// The update of the weights is γ P ∘ (w2a Δw2b). Under a linear update w2a w2aᵀ has a diagonal of 1/3 and other
// entries of the size 1/(3√r); under the sign, of the r terms of an entry, r·c/√(r·out) add up along the gradient and
// √r/√r do not. So
//
//	linear:  E‖ΔW‖² goes as η²γ⁴ (1 + c out/r)
//	sign:    E‖ΔW‖² goes as η²γ² (1 + c r/out).
//
// For r ≪ out the norm goes as γ²/√r or γ, and by √r faster for r ≫ out. At small ranks the mean square under a linear
// update has a factor 1 + 0.8/r besides: it has the fourth power of the length of a column of w1b, and entries of
// a uniform distribution have the kurtosis 9/5.
//
// An entry of ∇w2b is a sum over the rows of G, and near normal. Its variance, given w1b, goes with the square of the
// length of a column of that, r uniform entries of variance v, whose mean is √(rv) (1 − 1/(10r)) to the first power of
// 1/r. So to that power
//
//	sign: E D = ηγ √(2/π) √(r/3) (1 − 1/(10r)) Σ_j ‖G_·j‖/(3√in).
//
// Under spectral updates ∇w2b (r, in) has r singular values of a size ∝ γ/√r while H has many more, and once it has
// fewer each goes as γ, so that the powers of rank are LoRA's.
var loHa = Laws{
	GradNorm: Prediction{
		Onset: true, own: true,
		exponent: func(s lora.Scheme, _ nn.Update) float64 { return 0 - s.P },
		expected: func(m MapGeometry, z setting) float64 { return sq(z.gamma) * m.Gradient / (27 * float64(m.In)) },
	},
	LossDrop: Prediction{
		Mean: true, own: true,
		spectral: spectrum(func(s lora.Scheme) float64 { return 0.5 - s.P - s.LRB }),
		expected: func(m MapGeometry, z setting) float64 {
			in := float64(m.In)
			switch z.Update {
			case nn.LinearUpdate:
				return z.lr * sq(z.gamma) * m.Gradient / (27 * in)
			case nn.SignUpdate:
				return z.lr * z.gamma * math.Sqrt(2/math.Pi*z.rank/3) * (1 - 0.1/z.rank) *
					m.First.ColumnNorms / (3 * math.Sqrt(in))
			}
			return math.NaN()
		},
		exponent: func(s lora.Scheme, u nn.Update) float64 {
			return pick(u, 0-2*s.P-s.LRB, 0.5-s.P-s.LRB, math.NaN())
		},
	},
	DeltaW: Prediction{
		rise: func(nn.Update) float64 { return 0.5 },
		exponent: func(s lora.Scheme, u nn.Update) float64 {
			return pick(u, -0.5-2*s.P-s.LRB, 0-s.P-s.LRB, math.NaN())
		},
	},
}
