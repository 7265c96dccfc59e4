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
	GradNorm: unmultiplied(GradNormB),
	LossDrop: unmultiplied(LossDrop),
	DeltaW:   unmultiplied(DeltaW),
}

// unmultiplied is a prediction of LoRA's for γ = 1 at every rank.
func unmultiplied(t Prediction) Prediction {
	return Prediction{
		Onset: t.Onset, Mean: t.Mean, rise: t.rise,
		exponent: func(s lora.Scheme, u nn.Update) float64 {
			s.P = 0
			return t.exponent(s, u)
		},
	}
}
