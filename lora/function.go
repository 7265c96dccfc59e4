package lora

import "math"

// Sizes are what a scheme comes to at one rank.
type Sizes struct {
	Gamma float64 // γ
	Init  float64 // standard deviation of the entries of A, which B's zeros meet
	LRA   float64 // learning rate of A
	LRB   float64 // learning rate of B
}

// Canonical returns the sizes of the same training with Init 1 and LRB 1: two
// schemes train the same function where their canonical sizes are equal.
//
// The function is W + γBA. Let A be s times as large and B t times, and γ be
// divided by st: the function is the same, ∇A is 1/s times as large and ∇B 1/t
// times. It stays the same through an update if that of A is s times as large
// and that of B t times. An update that is free of the gradient's scale, as
// Adam's with ε = 0, makes it so by
//
//	α → α/(st),  init → s·init,  lr_A → s·lr_A,  lr_B → t·lr_B,
//
// and one that is linear in the gradient, as SGD's, by
//
//	α → α/(st),  init → s·init,  lr_A → s²·lr_A,  lr_B → t²·lr_B.
//
// Weight decay and clipping, which see the sizes themselves, break both.
func (z Sizes) Canonical(scaleFree bool) Sizes {
	k := ratePower(scaleFree)
	return Sizes{
		Gamma: z.Gamma * z.Init * math.Pow(z.LRB, 1/k), Init: 1,
		LRA: z.LRA * math.Pow(z.Init, -k), LRB: 1,
	}
}

// Canonical is [Sizes.Canonical] of the powers of rank: the scheme of the same
// function with Init 0 and LRB 0. Whether training is stable depends on it
// alone.
func (s Scheme) Canonical(scaleFree bool) Scheme {
	k := ratePower(scaleFree)
	s.P, s.Init, s.LRA, s.LRB = s.P+s.Init+s.LRB/k, 0, s.LRA-k*s.Init, 0
	return s
}

// ratePower is the power of s and t in the learning rates.
func ratePower(scaleFree bool) float64 {
	if scaleFree {
		return 1
	}
	return 2
}
