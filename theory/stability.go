package theory

import (
	"math"

	"ranksweep/lora"
	"ranksweep/nn"
)

// Verdict is what becomes of training as the rank grows.
type Verdict string

// The verdicts.
const (
	Stable    Verdict = "stable"    // the function learns at a rate free of rank
	Collapses Verdict = "collapses" // it learns ever less
	Explodes  Verdict = "explodes"  // it learns ever more, in the end past stability
	Unknown   Verdict = "unknown"   // theory says nothing of such a scheme or optimizer
)

// Stability returns what theory says of a scheme as the rank grows: whether
// outputs and input gradients of the adapter are of order 1 in r, as the
// paper's definition 3.1 asks, and theorem 3.2 answers for SGD.
//
// After the first update γB₁A, whose powers along the gradient are those of
// the loss drop, comes the part in which A has moved too, γ(ΔB)(ΔA): γ⁴r times
// learning rates and σ² under linear updates, and γr times learning rates under
// sign-like ones. A scheme explodes if either grows, and is stable if the
// larger one does not depend on r.
//
// That is the law as r grows without bound. It says that the loss drops by as much at
// every rank, and not that one rate is best at every rank: what curvature allows of a
// first step goes, under linear updates at p = ½, as r/(r + in), see [StepFirst].
func Stability(u nn.Update, s lora.Scheme) Verdict {
	if s.Log || !predicted(u) {
		return Unknown
	}
	s = drawingA(s)
	sign := u != nn.LinearUpdate
	switch most := math.Max(LossDrop.exponent(s, sign), bothMoved(s, sign)); {
	case most > exactly:
		return Explodes
	case most < -exactly:
		return Collapses
	}
	return Stable
}

// bothMoved is the power of rank of γ(ΔB)(ΔA) along the gradient.
func bothMoved(s lora.Scheme, sign bool) float64 {
	return pick(sign, 1-4*s.P-2*s.Init-s.LRA-2*s.LRB, 1-s.P-s.LRA-s.LRB)
}

// BestRate returns the power of rank of the learning rate at which a scheme
// learns best under sign-like updates, as arXiv 2602.06204 derives it; NaN under
// others. Over many steps both factors move by their rates, along the gradient,
// and γ(ΔB)(ΔA) has r aligned terms: γr times both rates, which is of order 1 in
// r where the rates are r^−(1−p)/2. While A has hardly moved from its first
// entries, the part γ(ΔB)A asks for r^−(1−p) in its place, by [Prediction.Exponent]
// of [LossDropFirst].
func BestRate(u nn.Update, s lora.Scheme) float64 {
	if s.Log || u != nn.SignUpdate && u != nn.EvenUpdate {
		return math.NaN()
	}
	return 0 - bothMoved(s, true)/2 // and not -0
}

// exactly is how far from 0 a sum of a scheme's exponents may lie by rounding.
const exactly = 1e-9
