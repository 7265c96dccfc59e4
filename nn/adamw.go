package nn

// AdamW: the optimizer that divides each gradient by the root of its running mean square.

import (
	"math"

	"ranksweep/nn/kernel"
)

var adamWVariant = variant{
	defaults: OptimizerConfig{Name: "adamw", Beta1: 0.9, Beta2: 0.999, Eps: 1e-8},
	settings: []string{"beta1", "beta2", "eps", "weight decay"},
	make:     newAdamW,
	update:   SignUpdate,
	scale:    adamScale,
}

// adamScale returns FreeOfScale if ε is 0.
func adamScale(c OptimizerConfig) Scale {
	if c.Eps == 0 {
		return FreeOfScale
	}
	return OtherScale
}

// adamW is Adam with decoupled weight decay λ (Loshchilov and Hutter,
// arXiv:1711.05101), like torch.optim.AdamW. At step t, counted from 1:
//
//	m = β₁m + (1−β₁)g
//	v = β₂v + (1−β₂)g²
//	w = (1−lr·λ)w − lr·m/(1−β₁ᵗ) / (√v/√(1−β₂ᵗ) + ε)
//
// ε may be 0. An entry whose v is then 0 too, because all its gradients were 0 or their
// squares are below float32, takes the quotient as 0, and only decay acts on it.
type adamW struct {
	config OptimizerConfig
	params []Param
	step   stepCount
	mean   [][]float32 // m of each parameter
	square [][]float32 // v of each parameter
	update adamWUpdate
}

// adamWUpdate is the update of one parameter.
type adamWUpdate struct {
	w, g, m, v []float32
	step       kernel.AdamWStep
}

// Do updates some entries.
func (u *adamWUpdate) Do(from, to int) {
	kernel.AdamW(u.w[from:to], u.g[from:to], u.m[from:to], u.v[from:to], u.step)
}

func newAdamW(arena *Arena, c OptimizerConfig, params []Param) Optimizer {
	return &adamW{config: c, params: params, mean: zerosLike(arena, params), square: zerosLike(arena, params)}
}

func (a *adamW) Step(rates LearningRates) {
	c, t := a.config, a.step.next()
	correction1 := 1 - math.Pow(c.Beta1, t)
	correction2 := 1 - math.Pow(c.Beta2, t)
	for i := range a.params {
		p := &a.params[i]
		lr := rates[p.Role]
		a.update = adamWUpdate{p.Value, p.Grad, a.mean[i], a.square[i], kernel.AdamWStep{
			Beta1: float32(c.Beta1), Gain1: float32(1 - c.Beta1),
			Beta2: float32(c.Beta2), Gain2: float32(1 - c.Beta2),
			Keep: float32(1 - lr*c.decay(p)),
			Size: float32(lr / correction1),
			Root: float32(1 / math.Sqrt(correction2)),
			Eps:  float32(c.Eps),
		}}
		kernel.Share(&a.update, len(p.Value), leastShared)
	}
}

func (a *adamW) State() []Tensor {
	all := []Tensor{a.step.tensor("adamw")}
	for i := range a.params {
		p := &a.params[i]
		all = append(all, stateTensor("adamw.mean", p, a.mean[i]), stateTensor("adamw.square", p, a.square[i]))
	}
	return all
}
