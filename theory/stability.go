package theory

import (
	"math"

	"ranksweep/lora"
	"ranksweep/nn"
)

// Stability says what happens to training as the rank grows.
type Stability string

// The stabilities.
const (
	Stable    Stability = "stable"    // the function learns at a rate that does not depend on rank
	Collapses Stability = "collapses" // it learns less and less
	Explodes  Stability = "explodes"  // it learns more and more, and finally becomes unstable
	Unknown   Stability = "unknown"   // theory predicts nothing for the scheme or optimizer
)

// StabilityOf returns what happens to training by a scheme as the rank grows. A scheme is stable if the
// outputs and input gradients of the adapter are of order 1 in r (the paper's definition 3.1;
// theorem 3.2 answers it for SGD).
//
// The first update gives γB₁A, whose powers along the gradient are those of the loss drop. Later
// there is a second part, in which A has moved too: γ(ΔB)(ΔA), which goes as γ⁴r times learning
// rates and σ² under linear updates, and as γr times learning rates under sign-like ones. A
// scheme explodes if either part grows, and is stable if the larger one does not depend on r.
//
// This is the law as r grows without bound. Divided updates have another one for ranks far below the maps'
// width: there p = ½ is stable, and not p = 0. The law says that the loss drops equally at every rank.
// It does not say that one learning rate is best at every rank: the first step that curvature
// allows goes as r/(r + in) under linear updates at p = ½, see [StepFirst].
//
// Of spectral updates nothing is said. As r grows without bound, those of BA are stable with p = 0 and those of
// γBA with every p. But their loss drop grows as long as the gradient has more singular values than the rank, which
// is as far as ranks go in practice: there p = 1 is stable under those of BA, and no p under those of γBA.
func StabilityOf(u nn.Update, s lora.Scheme) Stability {
	if s.Log || !predicted(u) || ofProduct(u) {
		return Unknown
	}
	s = drawingA(s)
	return stability(math.Max(LossDrop.exponent(s, u), bothMoved(s, u)) + LossDrop.rise(u))
}

// Stability is [StabilityOf] for a method with laws of its own. It looks at the first update alone: how parts grow in
// which several factors have moved is not derived.
func (l Laws) Stability(u nn.Update, s lora.Scheme) Stability {
	drop, ok := l.LossDrop.Exponent(u, s)
	if !ok {
		return Unknown
	}
	return stability(drop + l.LossDrop.Rise(u, s))
}

// StabilityWith is [StabilityOf] for any method, by its own laws if it has any.
func StabilityWith(method string, u nn.Update, s lora.Scheme) Stability {
	if laws, own := LawsOf(method); own {
		return laws.Stability(u, s)
	}
	return StabilityOf(u, s)
}

// stability is that of a function whose change grows by a power of rank.
func stability(most float64) Stability {
	switch {
	case most > exactly:
		return Explodes
	case most < -exactly:
		return Collapses
	}
	return Stable
}

// bothMoved returns the power of rank of γ(ΔB)(ΔA) along the gradient; under divided updates that of
// γBΔA = −ηγ²B(BᵀB)⁻¹BᵀG, which projects the gradient onto the r columns of B, once B is large against the
// damping.
func bothMoved(s lora.Scheme, u nn.Update) float64 {
	return pick(u, 1-4*s.P-2*s.Init-s.LRA-2*s.LRB, 1-s.P-s.LRA-s.LRB, 1-2*s.P-s.LRA)
}

// BestRate returns the power of rank of the best learning rate of a scheme under sign-like
// updates, as arXiv 2602.06204 derives it; NaN under other updates. Over many steps both factors
// move along the gradient by their learning rates, and γ(ΔB)(ΔA) has r aligned terms. It goes as
// γr times both rates, which is of order 1 in r if the rates go as r^−(1−p)/2. As long as A has
// hardly moved from its first entries, the part γ(ΔB)A needs r^−(1−p) instead, by
// [Prediction.Exponent] of [LossDropFirst].
func BestRate(u nn.Update, s lora.Scheme) float64 {
	if s.Log || u != nn.SignUpdate && u != nn.EvenUpdate {
		return math.NaN()
	}
	return 0 - bothMoved(s, u)/2 // 0 - x, since -x could be -0
}

// exactly is the largest rounding error of a sum of a scheme's exponents.
const exactly = 1e-9
