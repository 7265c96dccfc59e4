package theory

import (
	"math"

	"ranksweep/lora"
	"ranksweep/nn"
)

// GradNormB is the norm of B's gradient at onset.
// By (1), E‖∇B‖² = γ² r σ² ‖G‖², exactly, at any rank. ‖∇B‖² is a sum over r independent rows of
// A. Its variance divided by its squared mean is therefore, exactly,
//
//	(1/r) [2‖GᵀG‖² + (κ−3) Σ_j ‖G_·j‖⁴] / ‖G‖⁴,
//
// For several maps, whose A's are independent, it is also of the form c/r; see
// [OnsetVariancePower].
var GradNormB = Prediction{
	Onset:    true,
	exponent: func(s lora.Scheme, _ nn.Update) float64 { return 0.5 - s.P - s.Init },
	expected: func(m MapGeometry, z setting) float64 { return sq(z.gamma*z.sigma) * z.rank * m.Gradient },
}

// OnsetVariancePower is the power of rank of the relative variance of the squared onset gradient
// norm. It holds for any scheme whose rows of A, or columns of B, are independent.
const OnsetVariancePower = -1.0

// GradRMSB is the root mean square entry of the same gradient.
// ∇B has out·r entries, so that their root mean square is ‖∇B‖/√(out·r).
var GradRMSB = Prediction{
	Onset:    true,
	exponent: func(s lora.Scheme, _ nn.Update) float64 { return -s.P - s.Init },
	expected: GradNormB.expected,
	count:    func(m MapGeometry, rank int) float64 { return float64(m.Out * rank) },
}

// GradNormBFirst is the norm of B's gradient after one update.
// After one small update ∇B is γ G′Aᵀ.
var GradNormBFirst = Prediction{
	exponent: GradNormB.exponent,
	expected: func(m MapGeometry, z setting) float64 { return sq(z.gamma*z.sigma) * z.rank * m.Next },
}

// GradNormAFirst is the norm of A's gradient after one update.
// ∇A = γ B₁ᵀG′ is −ηγ² A GᵀG′ under a linear update and −ηγ sign(AGᵀ) G′ under the sign. It has r
// rows, for which (1) and (4) give
//
//	linear:  E‖∇A‖² = η²γ⁴ σ² r ‖GᵀG′‖²
//	sign:    E‖∇A‖² = η²γ² r Σ_ij (2/π) arcsin(cos(g_i, g_j)) g′_i·g′_j
//	divided: E‖∇A‖² = η²γ⁴ r ‖GᵀG′‖²/[in (in − r − 1) σ²], for r < in − 1;
//	         η²γ⁴ ‖GᵀG′‖²/[(r − in − 1) σ²], for r > in + 1
//	spectral: ‖∇A‖ = cγ ‖R⁻¹KᵀG′‖, which is near cγ ‖KᵀG′‖/(σ√in) for r ≪ in, where ‖KᵀG′‖² goes as r.
var GradNormAFirst = Prediction{
	rise: func(u nn.Update) float64 { return pick(u, 0, 0, -1, -1) },
	exponent: func(s lora.Scheme, u nn.Update) float64 {
		return pick(u, 0.5-2*s.P-s.Init-s.LRB, 0.5-s.P-s.LRB, 0.5-2*s.P+s.Init-s.LRB,
			0.5-multiplied(s, u)+s.Init-s.LRB)
	},
	expected: func(m MapGeometry, z setting) float64 {
		if z.sign {
			return sq(z.lr*z.gamma) * z.rank * m.CrossSign
		}
		return sq(z.lr*z.gamma*z.gamma*z.sigma) * z.rank * m.Cross
	},
}

// GradRMSBFirst is the root mean square entry of B's gradient after one update.
// ∇B has out·r entries.
var GradRMSBFirst = Prediction{
	exponent: GradRMSB.exponent,
	expected: GradNormBFirst.expected,
	count:    GradRMSB.count,
}

// GradRMSAFirst is the root mean square entry of A's gradient after one update.
// ∇A has r·in entries.
var GradRMSAFirst = Prediction{
	rise: GradNormAFirst.rise,
	exponent: func(s lora.Scheme, u nn.Update) float64 {
		return GradNormAFirst.exponent(s, u) - 0.5
	},
	expected: GradNormAFirst.expected,
	count:    func(m MapGeometry, rank int) float64 { return float64(m.In * rank) },
}

// LossDrop is by how much the first update lowers the loss, to first order.
//
// To first order the loss drops by the inner product of the gradient with the update's negative.
// That is also the adapter's output on the batch along its own loss gradient. By (1), and by the
// mean of |a·g|, which is σ√(2/π)‖g‖ for a Gaussian A,
//
//	linear:  η‖∇B‖²,          in the mean ηγ²σ² r ‖G‖²
//	sign:    η Σ|(∇B)_ij|,    in the mean ηγσ√(2/π) r Σ_i ‖g_i‖
//	divided: ηγ²‖GΠ‖²,        in the mean ηγ² ‖G‖² min(r, in)/in
//	spectral: cγ times the sum of the singular values of GUᵀ.
var LossDrop = Prediction{
	Mean: true,
	rise: func(u nn.Update) float64 { return pick(u, 0, 0, -1, -1) },
	exponent: func(s lora.Scheme, u nn.Update) float64 {
		return pick(u, 1-2*s.P-2*s.Init-s.LRB, 1-s.P-s.Init-s.LRB, 1-2*s.P-s.LRB, 1-multiplied(s, u)-s.LRB)
	},
	spectral: spectrum(func(s lora.Scheme) float64 { return 0.5 - s.P - s.Init - s.LRB }),
	expected: func(m MapGeometry, z setting) float64 {
		if z.sign {
			return z.lr * z.gamma * z.sigma * math.Sqrt(2/math.Pi) * z.rank * m.RowNorms
		}
		return z.lr * sq(z.gamma*z.sigma) * z.rank * m.Gradient
	},
}

// DeltaW is the norm of the first update of the weights.
// The weight update is γB₁A: −ηγ² G AᵀA under a linear update, and row i is
// −ηγ Σ_k sign(a_k·g_i) a_k under the sign. By (2) summed over the axes, and
// by (3) for pairs of different k,
//
//	linear:  E‖ΔW‖² = η²γ⁴σ⁴ r (r + in + κ − 2) ‖G‖²
//	sign:    E‖ΔW‖² = η²γ²σ² r (in + (r−1)·2/π) a row that is not zero
//	divided: E‖ΔW‖² = η²γ⁴ ‖G‖² min(r, in)/in
//	spectral: ‖ΔW‖² = c²γ² times r, or the number of G's singular values if that is less.
//
// The norm grows as γ²√r or γ√r for r ≪ in, and by √r faster for r ≫ in; under divided and spectral updates by √r
// slower.
var DeltaW = Prediction{
	rise: func(u nn.Update) float64 { return pick(u, 0.5, 0.5, -0.5, -0.5) },
	exponent: func(s lora.Scheme, u nn.Update) float64 {
		return pick(u, 0.5-2*s.P-2*s.Init-s.LRB, 0.5-s.P-s.Init-s.LRB, 0.5-2*s.P-s.LRB,
			0.5-multiplied(s, u)-s.LRB)
	},
	expected: func(m MapGeometry, z setting) float64 {
		in := float64(m.In)
		if z.sign {
			return sq(z.lr*z.gamma*z.sigma) * z.rank * (in + (z.rank-1)*2/math.Pi) * m.Rows
		}
		return sq(z.lr*sq(z.gamma*z.sigma)) * z.rank * (z.rank + in + z.kurtosis - 2) * m.Gradient
	},
}

// Step is the best multiple of the first step.
//
// Suppose that the loss is a quadratic of ΔW with curvature h in every direction. Then m times
// the first update would give the loss L − mD + m²h‖ΔW‖²/2, where D is the loss drop to first
// order. This is least at m = D/(h‖ΔW‖²). So if D/‖ΔW‖² does not depend on rank, one learning
// rate gives the best first step at every rank. The ratio of the two expectations, in which r
// cancels, is
//
//	linear:  E D/E‖ΔW‖² = 1/[ηγ²σ² (r + in + κ − 2)]
//	sign:    E D/E‖ΔW‖² = √(2/π) Σ_i ‖g_i‖/[ηγσ (in + (r−1)·2/π)] over the rows that are not zero
//	divided: D/‖ΔW‖² = 1/(ηγ²) at every rank, so that without a multiplier one rate is best at all ranks
//	spectral: the mean singular value of GUᵀ over cγ, which does not depend on r for r ≪ n, so that one rate is
//	         best at all these ranks without a multiplier or, of γBA, with any; it grows as √r for n ≪ r ≪ in
//
// for one map; for several maps both expectations are summed over the maps. The ratio of
// expectations differs from the expectation of the ratio by the order of the relative variance
// of ‖ΔW‖². It falls by one power of rank faster for r ≫ in. It is symmetric in A and B, so that
// it also holds for the transposed map, with out in place of in.
var Step = Prediction{
	Mean: true,
	rise: func(u nn.Update) float64 { return LossDrop.rise(u) - 2*DeltaW.rise(u) },
	exponent: func(s lora.Scheme, u nn.Update) float64 {
		return LossDrop.exponent(s, u) - 2*DeltaW.exponent(s, u)
	},
	expected: LossDrop.expected,
	per:      DeltaW.expected,
}

// AdapterOutput is the root mean square output of the adapter after one update.
// The adapter's output on an input x is ΔW x, forward. By (2), and by (1) and
// (3),
//
//	linear:  E‖ΔWx‖² = η²γ⁴σ⁴ r [(r+1)‖Gx‖² + ‖G‖²‖x‖² + (κ−3) Σ_j ‖G_·j‖² x_j²]
//	sign:    E‖ΔWx‖² = η²γ²σ² r Σ_i [‖x‖² + (r−1)·2/π·(g_i·x)²/‖g_i‖²]
//	divided: E‖ΔWx‖² = η²γ⁴ (r/in) [(r+2−ρ)‖Gx‖² + ρ‖G‖²‖x‖²]/(in + 2), with ρ = (in − r)/(in − 1), for r ≤ in
//	spectral: E‖ΔWx‖² = c²γ² (r/in) ‖x‖², for r up to the number of G's singular values.
//
// The faster rise begins once r ≫ (‖G‖‖x‖/‖Gx‖)². This bound is in for an x unrelated to G, but
// near 1 for an x from the batch of G. Under divided updates the faster rise ends again at r = in,
// so that no power is predicted.
var AdapterOutput = Prediction{
	rise: DeltaW.rise,
	exponent: func(s lora.Scheme, u nn.Update) float64 {
		same := DeltaW.exponent(s, u)
		return pick(u, same, same, math.NaN(), same)
	},
	expected: func(m MapGeometry, z setting) float64 {
		if z.sign {
			return sq(z.lr*z.gamma*z.sigma) * z.rank * (m.Inputs*m.Rows + (z.rank-1)*2/math.Pi*m.UnitThrough)
		}
		return sq(z.lr*sq(z.gamma*z.sigma)) * z.rank *
			((z.rank+1)*m.Through + m.Gradient*m.Inputs + (z.kurtosis-3)*m.ThroughAxes)
	},
	count: func(m MapGeometry, _ int) float64 { return float64(m.Out * m.Tokens) },
}

// InputGradient is the root mean square gradient into the adapter's input after one update.
// The gradient into its input is ΔWᵀv, backward: −ηγ² AᵀA u with u = Gᵀv, or
// −ηγ Σ_k a_k Σ_i sign(a_k·g_i) v_i. By (2) summed over the axes, and by (3) and
// (4),
//
//	linear:  E‖ΔWᵀv‖² = η²γ⁴σ⁴ r (r + in + κ − 2) ‖Gᵀv‖²
//	sign:    E‖ΔWᵀv‖² = η²γ²σ² r [in vᵀSv + (r−1)·2/π·‖Σ_i v_i g_i/‖g_i‖‖²]
//	divided: E‖ΔWᵀv‖² = η²γ⁴ ‖Gᵀv‖² min(r, in)/in
//	spectral: ‖ΔWᵀv‖ = cγ ‖Kᵀv‖, whose square goes as r for r ≪ n,
//
// S_ij = (2/π) arcsin(cos(g_i, g_j)).
var InputGradient = Prediction{
	rise:     DeltaW.rise,
	exponent: DeltaW.exponent,
	expected: func(m MapGeometry, z setting) float64 {
		in := float64(m.In)
		if z.sign {
			return sq(z.lr*z.gamma*z.sigma) * z.rank * (in*m.SignBack + (z.rank-1)*2/math.Pi*m.UnitBack)
		}
		return sq(z.lr*sq(z.gamma*z.sigma)) * z.rank * (z.rank + in + z.kurtosis - 2) * m.Back
	},
	count: func(m MapGeometry, _ int) float64 { return float64(m.In * m.Tokens) },
}

// MovementA is how far A has moved by its first update, relative to where it began.
// Under a linear update A moves by its learning rate times ∇A, and under the sign every entry moves
// by the learning rate; entries begin with size σ. Under a divided update A moves by its learning rate times
// ∇A/δ, since BᵀB is still far below the damping δ. Under a spectral update A moves by its learning rate over the
// singular values of B, which are its own learning rate over those of A: relative to A that does not depend on
// rank, and is of order 1. This holds while the gradient G does not
// depend on r: for few steps, or for large r and p > ½.
var MovementA = Prediction{
	rise: func(u nn.Update) float64 { return pick(u, 0, 0, -1, 0) },
	exponent: func(s lora.Scheme, u nn.Update) float64 {
		return pick(u, -2*s.P-s.LRA-s.LRB, s.Init-s.LRA, -2*s.P+2*s.Init-s.LRA-s.LRB, s.LRB-s.LRA)
	},
}

func sq(x float64) float64 { return x * x }
