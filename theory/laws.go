package theory

import (
	"ranksweep/lora"
	"ranksweep/nn"
)

// Laws are the predictions for the first steps of a method whose parameters are not the factors of
// γBA. What starts at zero has the gradient at the onset, and counts as B.
type Laws struct {
	GradNorm Prediction // of the norm of B's gradient at the onset, and after one update
	LossDrop Prediction // see [LossDrop]
	DeltaW   Prediction // see [DeltaW]

	// Others has the prediction of any other statistic, given LoRA's; nil if there is none.
	Others func(lora Prediction) Prediction

	rootOfGamma bool // entries of the factors go as 1/√γ
}

// Step is the prediction of the best multiple of the first step, see [Step].
func (l Laws) Step() Prediction {
	if l.LossDrop.exponent == nil || l.DeltaW.exponent == nil {
		return Prediction{}
	}
	return Prediction{
		Mean: true,
		rise: func(u nn.Update) float64 { return risen(l.LossDrop, u) - 2*risen(l.DeltaW, u) },
		exponent: func(s lora.Scheme, u nn.Update) float64 {
			return l.LossDrop.exponent(s, u) - 2*l.DeltaW.exponent(s, u)
		},
	}
}

// Later is the prediction of what is predicted at the onset, after one update: to first order it
// is the same.
func (t Prediction) Later() Prediction {
	t.Onset, t.expected = false, nil // whose gradient is that of the next batch
	return t
}

// risen is the rise of a prediction under updates other than spectral ones.
func risen(t Prediction, u nn.Update) float64 {
	if t.rise == nil {
		return 0
	}
	return t.rise(u)
}

// lawsOf has the laws of every method that has its own.
var lawsOf = map[string]Laws{
	lora.LoHaMethod:    loHa,
	lora.LoKrMethod:    loKr,
	lora.VeRAMethod:    veRA,
	lora.HiRAMethod:    hiRA,
	lora.AdaLoRAMethod: adaLoRA,
	lora.DoRAMethod:    doRA,

	lora.LoRAFAMethod:         loRAFA,
	lora.PiSSAMethod:          piSSA,
	lora.OLoRAMethod:          oLoRA,
	lora.PEFTOrthogonalMethod: peftOrthogonal,
}

// LawsOf returns the laws of a method; false if it has none of its own.
func LawsOf(method string) (Laws, bool) {
	l, ok := lawsOf[method]
	return l, ok
}
