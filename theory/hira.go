package theory

import (
	"ranksweep/lora"
	"ranksweep/nn"
)

// hiRA has the laws of HiRA, D = W ∘ BA, where A is drawn and B is zero as in LoRA, and nothing is
// multiplied by γ. With H = G ∘ W,
//
//	∇B = H Aᵀ,   ΔW = W ∘ (B₁A),
//
// so that the gradient and the loss drop are LoRA's at γ = 1 for the gradient H: E‖∇B‖² = r σ² ‖H‖². An
// entry of B₁A has r aligned terms and √r that are not, as LoRA's has, and W multiplies both. So all powers
// of rank are LoRA's at p = 0, which are stable under no optimizer.
var hiRA = Laws{
	GradNorm: weighted(GradNormB),
	LossDrop: weighted(LossDrop),
	DeltaW:   unmultiplied(DeltaW),
}

// weighted is a prediction of LoRA's for γ = 1 at every rank and the gradient H.
func weighted(t Prediction) Prediction {
	of := unmultiplied(t)
	of.expected = func(m MapGeometry, z setting) float64 {
		m.Gradient, m.RowNorms, z.gamma = m.First.Weighted, m.First.WeightedRows, 1
		return t.expected(m, z)
	}
	return of
}

// unmultiplied is a prediction of LoRA's for γ = 1 at every rank.
func unmultiplied(t Prediction) Prediction {
	of := Prediction{
		Onset: t.Onset, Mean: t.Mean, rise: t.rise,
		exponent: func(s lora.Scheme, u nn.Update) float64 {
			s.P = 0
			return t.exponent(s, u)
		},
	}
	if t.spectral != nil {
		of.spectral = func(s lora.Scheme) (many, few float64) {
			s.P = 0
			return t.spectral(s)
		}
	}
	return of
}
