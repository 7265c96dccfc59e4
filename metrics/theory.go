package metrics

import "math"

// Theory is the power of rank that is predicted of a statistic.
type Theory struct {
	// exponent returns it for γ = α/r^p and ranks far below the width of the
	// adapted maps; nil where nothing is predicted.
	exponent func(optimizer string, p float64) (float64, bool)

	// Rise is how much larger it is for ranks far above that width.
	Rise float64

	// Onset tells that it holds before any update, so that it asks nothing
	// of the optimizer.
	Onset bool
}

// Exponent returns the predicted exponent for ranks far below the width of
// the adapted maps; false where theory gives none.
func (t Theory) Exponent(optimizer string, p float64) (float64, bool) {
	if t.exponent == nil {
		return math.NaN(), false
	}
	return t.exponent(optimizer, p)
}

// The exponents in r that theory predicts for γ = α/r^p, with B zero at onset,
// entries of A independent with mean 0 and variance σ² free of r, and a
// learning rate η and α free of r.
//
// Notation: x is the input of an adapted map, v the loss gradient at its
// output, G = Σ v xᵀ over the tokens of a batch (out×in). Then
//
//	∇B = γ G Aᵀ  (out×r),    ∇A = γ Bᵀ G  (r×in),
//
// and the first update leaves A alone, since ∇A = 0 where B = 0:
//
//	SGD:        B₁ = −ηγ G Aᵀ
//	sign-like:  B₁ = −η sign(G Aᵀ)
//
// Adam, AdamW and Adafactor are sign-like where their ε is far below the size
// of the gradient's entries. All of it takes η for small: G at step 1 is that
// at onset to first order.

// gradNormOnset: each of the r columns of ∇B = γ G Aᵀ has the expected square
// γ²σ²‖G‖_F², whence ‖∇B‖_F ∝ γ√r; and ∇A = 0. Exact for any r.
func gradNormOnset(_ string, p float64) (float64, bool) { return 0.5 - p, true }

// gradRMSB: ∇B has out·r entries, so that their root mean square is
// ‖∇B‖_F/√(out·r) ∝ γ. Exact for any r.
func gradRMSB(_ string, p float64) (float64, bool) { return -p, true }

// gradNormAFirst: at step 1, ∇A = γ B₁ᵀ G is −ηγ² A GᵀG under SGD and
// −ηγ sign(A Gᵀ) G under a sign-like optimizer: r rows of equal expected
// square, whence √r beside γ² or γ. Holds for any r.
func gradNormAFirst(optimizer string, p float64) (float64, bool) {
	return byUpdate(optimizer, 0.5-2*p, 0.5-p)
}

// deltaWFirst, for r ≪ in. Under SGD, γB₁A = −ηγ² G AᵀA, and for Gaussian A
//
//	E‖γB₁A‖_F² = η²γ⁴σ⁴ r(r + in + 1) ‖G‖_F²,
//
// so that the norm grows as γ²√r for r ≪ in, and as γ²r for r ≫ in. Under a
// sign-like optimizer a row of B₁A is η Aᵀs, s the signs of r projections
// A g: its part along g is ησr√(2/π), the rest ησ√(r·in), so that the norm
// grows as γ√r for r ≪ in, and as γr for r ≫ in.
//
// It is the law of the adapter's input gradient too: γAᵀB₁ᵀv is −ηγ² AᵀA u with
// u = Gᵀv under SGD, of expected square σ⁴r(r + in + 1)‖u‖² times η²γ⁴,
// whatever v.
//
// And of its output on an input x: under SGD, γB₁Ax = −ηγ² G AᵀA x, and AᵀA x
// is σ²r x plus noise of σ²√r‖x‖ an entry, whence γ²√r as long as
// r ≪ (‖G‖_F‖x‖/‖Gx‖)². That bound is in for x unrelated to G, but near 1 for
// x that G was made of: probe inputs that share a direction with the training
// inputs have risen already.
func deltaWFirst(optimizer string, p float64) (float64, bool) {
	return byUpdate(optimizer, 0.5-2*p, 0.5-p)
}

// rise is what the law of deltaWFirst gains where r ≫ in.
const rise = 0.5

// movementA, for gradients G that do not depend on r, as for large r and
// p > ½, or for few steps. A moves by sums of −η∇A: under SGD by ηγ²√r as in
// gradNormAFirst, while ‖A₀‖_F ∝ √r; under a sign-like optimizer by η an
// entry, whatever the scale of the gradient.
func movementA(optimizer string, p float64) (float64, bool) {
	return byUpdate(optimizer, -2*p, 0)
}

// byUpdate picks the exponent for the kind of update that an optimizer makes.
// Of an unknown optimizer nothing is predicted.
func byUpdate(optimizer string, sgd, sign float64) (float64, bool) {
	switch optimizer {
	case "sgd":
		return sgd, true
	case "adam", "adamw", "adafactor":
		return sign, true
	}
	return math.NaN(), false
}
