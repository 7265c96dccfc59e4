package lora

import "math"

// Sizes are what a scheme comes to at one rank.
type Sizes struct {
	Gamma   float64 // γ
	Init    float64 // standard deviation of the factor that is drawn
	LRDrawn float64 // learning rate of that factor
	LRZero  float64 // learning rate of the factor that starts at zero
}

// Canonical returns the sizes of the same training with Init 1 and LRZero 1: two
// schemes with one factor at zero train the same function where their canonical
// sizes are equal.
//
// The function is W + γBA. Let A be s times as large and B t times, and γ be
// divided by st: the function is the same, ∇A is 1/s times as large and ∇B 1/t
// times. It stays the same through an update if that of A is s times as large
// and that of B t times. Where A is drawn, an update that is free of the
// gradient's scale, as Adam's with ε = 0, makes it so by
//
//	α → α/(st),  init → s·init,  lr_A → s·lr_A,  lr_B → t·lr_B,
//
// and one that is linear in the gradient, as SGD's, by
//
//	α → α/(st),  init → s·init,  lr_A → s²·lr_A,  lr_B → t²·lr_B.
//
// and where B is drawn, with A and B, s and t in each other's place. Weight
// decay and clipping, which see the sizes themselves, break both.
func (z Sizes) Canonical(scaleFree bool) Sizes {
	k := ratePower(scaleFree)
	return Sizes{
		Gamma: z.Gamma * z.Init * math.Pow(z.LRZero, 1/k), Init: 1,
		LRDrawn: z.LRDrawn * math.Pow(z.Init, -k), LRZero: 1,
	}
}

// Canonical is [Sizes.Canonical] of the powers of rank: the scheme of the same
// function in which Init and the exponent of the learning rate of the factor that
// starts at zero are 0. Whether training is stable depends on it
// alone.
func (s Scheme) Canonical(scaleFree bool) Scheme {
	k := ratePower(scaleFree)
	drawn, zero := &s.LRA, &s.LRB
	if s.ZeroA {
		drawn, zero = zero, drawn
	}
	s.P, s.Init, *drawn, *zero = s.P+s.Init+*zero/k, 0, *drawn-k*s.Init, 0
	return s
}

// ratePower is the power of s and t in the learning rates.
func ratePower(scaleFree bool) float64 {
	if scaleFree {
		return 1
	}
	return 2
}
