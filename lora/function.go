package lora

import "math"

// Sizes are the numbers that a scheme gives at one rank.
type Sizes struct {
	Gamma   float64 // γ
	Init    float64 // standard deviation of the drawn factor: A, or B if A starts at zero
	LRDrawn float64 // learning rate of the drawn factor
	LRZero  float64 // learning rate of the factor that starts at zero
}

// Canonical returns the sizes of an equivalent training with Init 1 and LRZero 1. Two
// schemes in which the same factor starts at zero train the same function if their
// canonical sizes are equal.
//
// The trained function is W + γBA. Multiply A by s and B by t, and divide γ by st: the
// function stays the same, ∇A is divided by s and ∇B by t. The function also stays the
// same after an update, if the update of A is s times as large and the update of B t
// times as large. If A is drawn and the update does not depend on the gradient's scale,
// as Adam's with ε = 0, this is reached by
//
//	α → α/(st),  init → s·init,  lr_A → s·lr_A,  lr_B → t·lr_B,
//
// and if the update is linear in the gradient, as SGD's, by
//
//	α → α/(st),  init → s·init,  lr_A → s²·lr_A,  lr_B → t²·lr_B.
//
// If B is drawn, A and B, and s and t, change places. Weight decay and clipping depend on
// the sizes themselves, so under them neither rule holds.
func (z Sizes) Canonical(scaleFree bool) Sizes {
	k := ratePower(scaleFree)
	return Sizes{
		Gamma: z.Gamma * z.Init * math.Pow(z.LRZero, 1/k), Init: 1,
		LRDrawn: z.LRDrawn * math.Pow(z.Init, -k), LRZero: 1,
	}
}

// Canonical is [Sizes.Canonical] for powers of rank: it returns the scheme with the same
// function in which two exponents are 0, Init and that of the learning rate of the factor
// that starts at zero. Whether training is stable depends only on the canonical scheme.
func (s Scheme) Canonical(scaleFree bool) Scheme {
	k := ratePower(scaleFree)
	drawn, zero := &s.LRA, &s.LRB
	if s.ZeroA {
		drawn, zero = zero, drawn
	}
	s.P, s.Init, *drawn, *zero = s.P+s.Init+*zero/k, 0, *drawn-k*s.Init, 0
	return s
}

// ratePower returns the power of s and t in the learning rates.
func ratePower(scaleFree bool) float64 {
	if scaleFree {
		return 1
	}
	return 2
}
