package metrics

import (
	"math"

	"ranksweep/lora"
)

// What theory predicts of the first steps of an adapter.
//
// Notation: x is the input of an adapted map (in), v the loss gradient at its
// output (out), G = Σ v xᵀ over the tokens of a batch, (out, in), with rows g_i;
// G′ is that of the next batch. Entries of A are independent with mean 0,
// standard deviation σ and kurtosis κ, and B is zero. Then
//
//	∇B = γ G Aᵀ  (out, r),    ∇A = γ Bᵀ G  (r, in),
//
// and the first update leaves A alone, since ∇A = 0 where B = 0:
//
//	linear:  B₁ = −ηγ G Aᵀ          (SGD, with momentum or not)
//	sign:    B₁ = −η sign(G Aᵀ)     (Adam with ε far below the entries, Lion, sign descent)
//
// η is the learning rate of B. Everything takes it for small: G at step 1 is
// that at onset, to first order. A scheme has γ ∝ r^−p, σ ∝ r^−e and learning
// rates of A and B ∝ r^−a and r^−b.
//
// Where A starts at zero and B is drawn, all of it holds for the transposed map,
// Wᵀ + γAᵀBᵀ, in which A and B, in and out, x and v have each other's place.
//
// Four facts carry all of it, for one row a of A and vectors g, h, x, v free of it:
//
//	E (a·g)² = σ²‖g‖²                                  (1)
//	E ‖M AᵀA x‖² = σ⁴ r [(r+1)‖Mx‖² + ‖M‖²‖x‖² + (κ−3) Σ_j ‖M_·j‖² x_j²]   (2)
//	E sign(a·g) a = σ√(2/π) g/‖g‖                      (3)
//	E sign(a·g) sign(a·h) = (2/π) arcsin(cos(g, h))    (4)
//
// (1) and (2) are exact for any such A; (3) and (4) for a Gaussian one, since
// the length of a is then independent of its direction.

// Muon's update of B is c UVᵀ of the singular vectors of GAᵀ, with c = √(out/r)
// up to r = out. Its loss drop is ηγc times the sum of the singular values of GAᵀ,
// which are r of one size while the gradient has many more than r, and grow by √r
// each once it has fewer: a power of ½ − p, falling to −p. That depends on the
// gradient's spectrum, so that nothing is predicted. The adapter's output goes by
// ‖VᵀAx‖ c: by −p, while the gradient has more than r singular values.

// Update is how an optimizer turns the first gradient into an update.
type Update uint8

// The kinds of first updates.
const (
	OtherUpdate  Update = iota // nothing is predicted; see Muon above
	LinearUpdate               // in proportion to the gradient
	SignUpdate                 // the sign of every entry of the gradient
	EvenUpdate                 // entries of one size, whatever the gradient's: powers of rank as of SignUpdate
)

// UpdateOf returns the kind of the first update of the named optimizer, whose
// ε is far below the size of the gradient's entries.
func UpdateOf(optimizer string) Update {
	switch optimizer {
	case "sgd":
		return LinearUpdate
	case "adam", "adamw", "lion", "signsgd":
		return SignUpdate
	case "adafactor":
		return EvenUpdate
	}
	return OtherUpdate
}

// Theory is what is predicted of a statistic.
type Theory struct {
	// exponent is the power of rank, for ranks far below the width of the
	// adapted maps; nil where nothing is predicted. sign tells updates that
	// do not depend on the gradient's size from linear ones.
	exponent func(s lora.Scheme, sign bool) float64

	// Rise is how much larger it is for ranks far above that width; below zero
	// where it is smaller.
	Rise float64

	// Onset tells that it holds before any update, so that it asks nothing
	// of the optimizer.
	Onset bool

	// Mean tells that what is expected is the mean of the statistic, and not
	// of its square.
	Mean bool

	// expected is the expected square of the statistic for one map or, with
	// Mean, its expected value, as a sum over the entries that the statistic
	// counts; nil where no exact expression is known.
	expected func(m MapGeometry, z setting) float64
	// per is, of a ratio, the expected value of what stands below the line, as
	// expected is of what stands above it; nil otherwise.
	per func(m MapGeometry, z setting) float64
	// count is how many entries the statistic is the root mean square of; nil
	// for a Frobenius norm.
	count func(m MapGeometry, rank int) float64
}

// Exponent returns the predicted power of rank for ranks far below the width
// of the adapted maps; false where theory gives none.
func (t Theory) Exponent(u Update, s lora.Scheme) (float64, bool) {
	if t.exponent == nil || s.Log || u == OtherUpdate && !t.Onset {
		return math.NaN(), false
	}
	return t.exponent(drawingA(s), u != LinearUpdate), true
}

// drawingA is the scheme, or that of the transposed map where B is drawn.
func drawingA(s lora.Scheme) lora.Scheme {
	if s.ZeroA {
		s.LRA, s.LRB, s.ZeroA = s.LRB, s.LRA, false
	}
	return s
}

// Ratio reports whether what is expected is a ratio of two expected values, which
// is near the mean of the ratios but not equal to it.
func (t Theory) Ratio() bool { return t.per != nil }

// pick returns the power under linear or under sign-like updates.
func pick(sign bool, linear, signLike float64) float64 {
	if sign {
		return signLike
	}
	return linear
}

// By (1), E‖∇B‖² = γ² r σ² ‖G‖², exactly, at any rank. ‖∇B‖² is a sum over r
// independent rows of A, so that its variance over its squared mean is, exactly,
//
//	(1/r) [2‖GᵀG‖² + (κ−3) Σ_j ‖G_·j‖⁴] / ‖G‖⁴,
//
// and of several maps, whose A's are independent, c/r as well: see
// [OnsetVariancePower].
var theoryGradNormB = Theory{
	Onset:    true,
	exponent: func(s lora.Scheme, _ bool) float64 { return 0.5 - s.P - s.Init },
	expected: func(m MapGeometry, z setting) float64 { return sq(z.gamma*z.sigma) * z.rank * m.Gradient },
}

// OnsetVariancePower is the power of rank of that relative variance, for any
// scheme and rows of A, or columns of B, that are independent.
const OnsetVariancePower = -1.0

// ∇B has out·r entries, so that their root mean square is ‖∇B‖/√(out·r).
var theoryGradRMSB = Theory{
	Onset:    true,
	exponent: func(s lora.Scheme, _ bool) float64 { return -s.P - s.Init },
	expected: theoryGradNormB.expected,
	count:    func(m MapGeometry, rank int) float64 { return float64(m.Out * rank) },
}

// After one small update ∇B is γ G′Aᵀ.
var theoryGradNormBFirst = Theory{
	exponent: theoryGradNormB.exponent,
	expected: func(m MapGeometry, z setting) float64 { return sq(z.gamma*z.sigma) * z.rank * m.Next },
}

// ∇A = γ B₁ᵀG′ is −ηγ² A GᵀG′ under a linear update and −ηγ sign(AGᵀ) G′ under
// the sign: r rows, of which (1) and (4) give
//
//	linear:  E‖∇A‖² = η²γ⁴ σ² r ‖GᵀG′‖²
//	sign:    E‖∇A‖² = η²γ² r Σ_ij (2/π) arcsin(cos(g_i, g_j)) g′_i·g′_j.
var theoryGradNormAFirst = Theory{
	exponent: func(s lora.Scheme, sign bool) float64 {
		return pick(sign, 0.5-2*s.P-s.Init-s.LRB, 0.5-s.P-s.LRB)
	},
	expected: func(m MapGeometry, z setting) float64 {
		if z.sign {
			return sq(z.lr*z.gamma) * z.rank * m.CrossSign
		}
		return sq(z.lr*z.gamma*z.gamma*z.sigma) * z.rank * m.Cross
	},
}

// ∇B has out·r entries.
var theoryGradRMSBFirst = Theory{
	exponent: theoryGradRMSB.exponent,
	expected: theoryGradNormBFirst.expected,
	count:    theoryGradRMSB.count,
}

// ∇A has r·in entries.
var theoryGradRMSAFirst = Theory{
	exponent: func(s lora.Scheme, sign bool) float64 {
		return theoryGradNormAFirst.exponent(s, sign) - 0.5
	},
	expected: theoryGradNormAFirst.expected,
	count:    func(m MapGeometry, rank int) float64 { return float64(m.In * rank) },
}

// To first order the loss drops by the inner product of the gradient with the
// update's negative, which is the adapter's output on the batch along its own
// loss gradient too. By (1), and by the mean of |a·g|, which is σ√(2/π)‖g‖ for
// a Gaussian A,
//
//	linear:  η‖∇B‖²,          in the mean ηγ²σ² r ‖G‖²
//	sign:    η Σ|(∇B)_ij|,    in the mean ηγσ√(2/π) r Σ_i ‖g_i‖.
var theoryLossDrop = Theory{
	Mean: true,
	exponent: func(s lora.Scheme, sign bool) float64 {
		return pick(sign, 1-2*s.P-2*s.Init-s.LRB, 1-s.P-s.Init-s.LRB)
	},
	expected: func(m MapGeometry, z setting) float64 {
		if z.sign {
			return z.lr * z.gamma * z.sigma * math.Sqrt(2/math.Pi) * z.rank * m.RowNorms
		}
		return z.lr * sq(z.gamma*z.sigma) * z.rank * m.Gradient
	},
}

// The weight update is γB₁A: −ηγ² G AᵀA under a linear update, and row i is
// −ηγ Σ_k sign(a_k·g_i) a_k under the sign. By (2) summed over the axes, and
// by (3) for pairs of different k,
//
//	linear:  E‖ΔW‖² = η²γ⁴σ⁴ r (r + in + κ − 2) ‖G‖²
//	sign:    E‖ΔW‖² = η²γ²σ² r (in + (r−1)·2/π) a row that is not zero.
//
// The norm grows as γ²√r or γ√r for r ≪ in, and by √r faster for r ≫ in.
var theoryDeltaW = Theory{
	Rise: 0.5,
	exponent: func(s lora.Scheme, sign bool) float64 {
		return pick(sign, 0.5-2*s.P-2*s.Init-s.LRB, 0.5-s.P-s.Init-s.LRB)
	},
	expected: func(m MapGeometry, z setting) float64 {
		in := float64(m.In)
		if z.sign {
			return sq(z.lr*z.gamma*z.sigma) * z.rank * (in + (z.rank-1)*2/math.Pi) * m.Rows
		}
		return sq(z.lr*sq(z.gamma*z.sigma)) * z.rank * (z.rank + in + z.kurtosis - 2) * m.Gradient
	},
}

// Were the loss a quadratic of ΔW with the curvature h in every direction, m times
// the first update would leave L − mD + m²h‖ΔW‖²/2 of it, D the loss drop to first
// order: least at m = D/(h‖ΔW‖²). So where D/‖ΔW‖² is free of rank, one learning
// rate is the best first step at every rank. In expectations of the two, whose r
// cancels,
//
//	linear:  E D/E‖ΔW‖² = 1/[ηγ²σ² (r + in + κ − 2)]
//	sign:    E D/E‖ΔW‖² = √(2/π) Σ_i ‖g_i‖/[ηγσ (in + (r−1)·2/π)] over the rows that are not zero
//
// of one map; of several, sums of both over the maps. That is the ratio of the
// expectations and not the expectation of the ratio, from which it is off by the
// order of the relative variance of ‖ΔW‖². It falls by one power of rank faster for
// r ≫ in. It is symmetric in A and B, so that the transposed map has the same, with
// out for in.
var theoryStep = Theory{
	Mean: true,
	Rise: theoryLossDrop.Rise - 2*theoryDeltaW.Rise,
	exponent: func(s lora.Scheme, sign bool) float64 {
		return theoryLossDrop.exponent(s, sign) - 2*theoryDeltaW.exponent(s, sign)
	},
	expected: theoryLossDrop.expected,
	per:      theoryDeltaW.expected,
}

// The adapter's output on an input x is ΔW x, forward. By (2), and by (1) and
// (3),
//
//	linear:  E‖ΔWx‖² = η²γ⁴σ⁴ r [(r+1)‖Gx‖² + ‖G‖²‖x‖² + (κ−3) Σ_j ‖G_·j‖² x_j²]
//	sign:    E‖ΔWx‖² = η²γ²σ² r Σ_i [‖x‖² + (r−1)·2/π·(g_i·x)²/‖g_i‖²].
//
// It has risen once r ≫ (‖G‖‖x‖/‖Gx‖)²: that is in for an x unrelated to G, but
// near 1 for one that G was made of.
var theoryAdapterOutput = Theory{
	Rise:     theoryDeltaW.Rise,
	exponent: theoryDeltaW.exponent,
	expected: func(m MapGeometry, z setting) float64 {
		if z.sign {
			return sq(z.lr*z.gamma*z.sigma) * z.rank * (m.Inputs*m.Rows + (z.rank-1)*2/math.Pi*m.UnitThrough)
		}
		return sq(z.lr*sq(z.gamma*z.sigma)) * z.rank *
			((z.rank+1)*m.Through + m.Gradient*m.Inputs + (z.kurtosis-3)*m.ThroughAxes)
	},
	count: func(m MapGeometry, _ int) float64 { return float64(m.Out * m.Tokens) },
}

// The gradient into its input is ΔWᵀv, backward: −ηγ² AᵀA u with u = Gᵀv, or
// −ηγ Σ_k a_k Σ_i sign(a_k·g_i) v_i. By (2) summed over the axes, and by (3) and
// (4),
//
//	linear:  E‖ΔWᵀv‖² = η²γ⁴σ⁴ r (r + in + κ − 2) ‖Gᵀv‖²
//	sign:    E‖ΔWᵀv‖² = η²γ²σ² r [in vᵀSv + (r−1)·2/π·‖Σ_i v_i g_i/‖g_i‖‖²],
//
// S_ij = (2/π) arcsin(cos(g_i, g_j)).
var theoryInputGradient = Theory{
	Rise:     theoryDeltaW.Rise,
	exponent: theoryDeltaW.exponent,
	expected: func(m MapGeometry, z setting) float64 {
		in := float64(m.In)
		if z.sign {
			return sq(z.lr*z.gamma*z.sigma) * z.rank * (in*m.SignBack + (z.rank-1)*2/math.Pi*m.UnitBack)
		}
		return sq(z.lr*sq(z.gamma*z.sigma)) * z.rank * (z.rank + in + z.kurtosis - 2) * m.Back
	},
	count: func(m MapGeometry, _ int) float64 { return float64(m.In * m.Tokens) },
}

// A moves by its learning rate times ∇A, or by its learning rate an entry,
// from entries of size σ. It holds for gradients G that do not depend on r: for
// few steps, or for large r and p > ½.
var theoryMovementA = Theory{
	exponent: func(s lora.Scheme, sign bool) float64 {
		return pick(sign, -2*s.P-s.LRA-s.LRB, s.Init-s.LRA)
	},
}

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
func Stability(u Update, s lora.Scheme) Verdict {
	if s.Log || u == OtherUpdate {
		return Unknown
	}
	s = drawingA(s)
	sign := u != LinearUpdate
	switch most := math.Max(theoryLossDrop.exponent(s, sign), bothMoved(s, sign)); {
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
// entries, the part γ(ΔB)A asks for r^−(1−p) in its place, by [Theory.Exponent]
// of [LossDropFirst].
func BestRate(u Update, s lora.Scheme) float64 {
	if s.Log || u != SignUpdate && u != EvenUpdate {
		return math.NaN()
	}
	return 0 - bothMoved(s, true)/2 // and not -0
}

// exactly is how far from 0 a sum of a scheme's exponents may lie by rounding.
const exactly = 1e-9

func sq(x float64) float64 { return x * x }
