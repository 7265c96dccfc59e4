package lora

import (
	"errors"
	"math"

	"gonum.org/v1/gonum/mat"

	"ranksweep/nn"
)

// piSSA is PiSSA (Meng et al. 2024, arXiv 2404.02948): an adapter that begins with the r largest
// singular values of W = U S Vᵀ, of which W itself keeps the rest:
//
//	B₀ = U_r √(S_r/γ),  A₀ = √(S_r/γ) V_rᵀ,  W′ = W − γB₀A₀ + γBA
//
// As in PEFT, the singular values are divided by γ, so that γB₀A₀ is the best approximation of W of
// rank r, whatever γ is.
type piSSA struct{}

func (piSSA) Traits() Traits { return Ranked | Multiplied | HandsOut | Shifted }

func (piSSA) Roles() []nn.Role { return []nn.Role{nn.RoleA, nn.RoleB} }

func (piSSA) BeyondTheory() string { return "" }

func (piSSA) Attach(arena *nn.Arena, m *nn.Model, c Config, _ uint64) (*Set, error) {
	return attachPart(arena, m, c, PiSSAMethod, func(size float64) float64 { return math.Sqrt(size / c.Gamma) })
}

// singular takes w apart into singular vectors and values.
func singular(w *mat.Dense) (part, error) {
	var svd mat.SVD
	if norm := mat.Norm(w, 2); math.IsNaN(norm) || math.IsInf(norm, 0) || !svd.Factorize(w, mat.SVDThin) {
		return part{}, errors.New("its weights have no singular values that can be computed: they must be finite")
	}
	var u, v mat.Dense
	svd.UTo(&u)
	svd.VTo(&v)
	return part{&u, v.T(), svd.Values(nil)}, nil
}

func (piSSA) Flops(c Config, l *nn.Linear, tokens float64, _ bool) float64 {
	return shiftedFlops(c, l, tokens)
}

// shiftedFlops counts dW, both products of a [shifted] addend, and the gradients of A and B.
func shiftedFlops(c Config, l *nn.Linear, tokens float64) float64 {
	return (2*tokens + 8*float64(c.Rank)) * float64(l.Out()) * float64(l.In())
}
