package theory

import (
	"math"

	"ranksweep/lora"
	"ranksweep/nn"
)

// peftOrthogonal has the laws of LoRA as PEFT begins it with init_lora_weights="orthogonal", A = Q_oddᵀN/10 and
// B = M Q_even/10, where N and M have r/2 rows and columns of normal entries, and Q is orthogonal. Both have a
// gradient at the onset. Since Q does not change lengths,
//
//	E‖∇B‖² = E‖∇A‖² = γ² (r/200) ‖G‖², exactly.
//
// An entry of ∇B is normal with the variance γ²‖g_i‖² β/100, where β is the sum of the squares of r/2 entries of a
// column of Q, the odd ones. It has the Beta distribution with both parameters r/4, so that
//
//	linear:  E D = ηγ² (r/100) ‖G‖², if both have one learning rate
//	sign:    E D = ηγ (√(2/π)/10) E√β r (Σ_i ‖g_i‖ + Σ_j ‖G_·j‖),  E√β = Γ(r/4 + ½) Γ(r/2)/[Γ(r/4) Γ(r/2 + ½)].
//
// E√β is ⅔ at r = 4 and tends to √½. So the powers are LoRA's. The update of the weights is γ(ΔB A + B ΔA), of which
// each part goes as LoRA's. Under spectral updates ∇B goes as LoRA's, and ∇A, whose update has no factor √(out/r),
// by √r faster.
var peftOrthogonal = Laws{
	GradNorm: Prediction{
		Onset: true, own: true, exponent: GradNormB.exponent,
		expected: func(m MapGeometry, z setting) float64 { return sq(z.gamma) * z.rank / 100 * m.Gradient },
	},
	LossDrop: Prediction{
		Mean: true, own: true, exponent: func(s lora.Scheme, u nn.Update) float64 {
			return pick(u, LossDrop.exponent(s, u), LossDrop.exponent(s, u), math.NaN())
		},
		spectral: func(s lora.Scheme) (many, few float64) {
			many, few = LossDrop.spectral(s)
			return many + 0.5, few
		},
		expected: func(m MapGeometry, z setting) float64 {
			a, b := z.Rates[nn.RoleA], z.Rates[nn.RoleB]
			switch z.Update {
			case nn.LinearUpdate:
				return (a + b) * sq(z.gamma) * z.rank / 200 * m.Gradient
			case nn.SignUpdate:
				return z.gamma * math.Sqrt(2/math.Pi) / 10 * rootOfBeta(z.rank/4) * z.rank *
					(b*m.RowNorms + a*m.First.ColumnNorms)
			}
			return math.NaN()
		},
	},
	DeltaW: Prediction{
		rise: DeltaW.rise,
		exponent: func(s lora.Scheme, u nn.Update) float64 {
			return pick(u, DeltaW.exponent(s, u), DeltaW.exponent(s, u), math.NaN())
		},
	},
}

// rootOfBeta is the mean of the root of a variable with the Beta distribution of both parameters a.
func rootOfBeta(a float64) float64 {
	return math.Exp(logGamma(a+0.5) + logGamma(2*a) - logGamma(a) - logGamma(2*a+0.5))
}

// logGamma is the logarithm of the Gamma function, of positive numbers.
func logGamma(x float64) float64 {
	v, _ := math.Lgamma(x)
	return v
}
