package nn

// Riemannian preconditioning: SGD and AdamW that divide the gradient of each factor of BA by the other factor.

import (
	"gonum.org/v1/gonum/blas"
	"gonum.org/v1/gonum/blas/blas32"
)

var scaledSGDVariant = variant{
	defaults: OptimizerConfig{Name: "scaled-sgd", Damping: usualDamping},
	settings: []string{"momentum", "damping", "weight decay"},
	make:     func(a *Arena, c OptimizerConfig, p []Param) Optimizer { return newScaled(a, c, p, newSGD) },
	flops:    scaledFlops,
	update:   DividedUpdate,
	pairs:    true,
}

var scaledAdamWVariant = variant{
	defaults: OptimizerConfig{Name: "scaled-adamw", Beta1: 0.9, Beta2: 0.999, Eps: 1e-8, Damping: usualDamping},
	settings: []string{"beta1", "beta2", "eps", "damping", "weight decay"},
	make:     func(a *Arena, c OptimizerConfig, p []Param) Optimizer { return newScaled(a, c, p, newAdamW) },
	flops:    scaledFlops,
	update:   EvenUpdate,
	pairs:    true,
}

// usualDamping is the default of PEFT's create_riemannian_optimizer.
const usualDamping = 1e-2

// scaled is the preconditioning of Zhang and Pilanci (arXiv 2402.02347) before another optimizer, like PEFT's
// create_riemannian_optimizer. That optimizer gets, in place of the gradients of A and B,
//
//	(BᵀB + δI)⁻¹ ∇A  and  ∇B (AAᵀ + δI)⁻¹,
//
// with A and B as they are before the step. Without the damping δ, SGD then changes BA alike however BA is
// divided among the factors: (sB, A/s) has the same update for every s. AdamW does not, since it sets the
// size of each entry of an update by itself. Arrays that are no factor keep their gradients.
type scaled struct {
	name    string
	damping float64
	inner   Optimizer
	params  []Param
	handed  []Param // what inner sees: the values of params, and gradients of its own
	pairs   []pair
	gram    *cholesky
}

func newScaled(arena *Arena, c OptimizerConfig, params []Param,
	inner func(*Arena, OptimizerConfig, []Param) Optimizer) Optimizer {
	s := &scaled{name: c.Name, damping: c.Damping, params: params, pairs: pairsOf(params)}
	for i, g := range zerosLike(arena, params) {
		p := params[i]
		p.Grad = g
		s.handed = append(s.handed, p)
	}
	rank, in := 0, 0
	for _, p := range s.pairs {
		rank, in = max(rank, params[p.a].Rows), max(in, params[p.a].Cols)
	}
	s.gram, s.inner = newCholesky(arena, rank, in), inner(arena, c, s.handed)
	return s
}

func (s *scaled) Step(rates LearningRates) {
	for i, p := range s.params {
		copy(s.handed[i].Grad, p.Grad)
	}
	for _, p := range s.pairs {
		a, b := s.params[p.a].matrix(), s.params[p.b].matrix()
		s.factor(b, blas.Trans, a.Rows)
		s.gram.left(s.handed[p.a].gradient())
		s.factor(a, blas.NoTrans, a.Rows)
		s.gram.right(s.handed[p.b].gradient())
	}
	s.inner.Step(rates)
}

// factor factors XXᵀ + δI, or XᵀX + δI if transposed, which has so many rows as the rank.
func (s *scaled) factor(x blas32.General, transposed blas.Transpose, rank int) {
	other := blas.Trans
	if transposed == blas.Trans {
		other = blas.NoTrans
	}
	gram := s.gram.of(rank)
	blas32.Gemm(transposed, other, 1, x, x, 0, gram)
	for i := range rank {
		row(gram, i)[i] += float32(s.damping)
	}
	s.gram.factor(s.damping)
}

// scaledFlops counts what Step and factor multiply.
func scaledFlops(params []Param) (sum float64) {
	for _, p := range pairsOf(params) {
		r, in, out := params[p.a].Rows, params[p.a].Cols, params[p.b].Rows
		sum += 2*float64(r)*float64(r)*float64(in+out) + 2*factorFlops(r) + solveFlops(r, in) + solveFlops(r, out)
	}
	return sum
}

func (s *scaled) State() []Tensor {
	return prefixed(s.name, s.inner.State())
}
