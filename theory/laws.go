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
}

// Step is the prediction of the best multiple of the first step, see [Step].
func (l Laws) Step() Prediction {
	return Prediction{
		Mean: true,
		rise: func(u nn.Update) float64 { return l.LossDrop.Rise(u) - 2*l.DeltaW.Rise(u) },
		exponent: func(s lora.Scheme, u nn.Update) float64 {
			return l.LossDrop.exponent(s, u) - 2*l.DeltaW.exponent(s, u)
		},
	}
}

// Later is the prediction of what is predicted at the onset, after one update: to first order it
// is the same.
func (t Prediction) Later() Prediction {
	t.Onset = false
	return t
}

// lawsOf has the laws of every method that has its own.
var lawsOf = map[string]Laws{
	lora.LoHaMethod: loHa,
	lora.LoKrMethod: loKr,
	lora.VeRAMethod: veRA,
	lora.HiRAMethod: hiRA,

	lora.AdaLoRAMethod: adaLoRA,
}

// LawsOf returns the laws of a method; false if it has none of its own.
func LawsOf(method string) (Laws, bool) {
	l, ok := lawsOf[method]
	return l, ok
}
