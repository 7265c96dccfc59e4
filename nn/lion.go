package nn

// Lion: an optimizer that steps by the sign of a running mean of gradients.

var lionVariant = variant{
	defaults: OptimizerConfig{Name: "lion", Beta1: 0.9, Beta2: 0.99},
	settings: []string{"beta1", "beta2", "weight decay"},
	make:     newLion,
	update:   SignUpdate,
	scale:    always(FreeOfScale),
}

// lion is Lion (Chen et al., arXiv:2302.06675, algorithm 2) with decoupled
// weight decay λ:
//
//	c = β₁m + (1−β₁)g
//	w = (1−lr·λ)w − lr·sign(c)
//	m = β₂m + (1−β₂)g
type lion struct {
	config OptimizerConfig
	params []Param
	mean   [][]float32 // m of each parameter
}

func newLion(arena *Arena, c OptimizerConfig, params []Param) Optimizer {
	return &lion{config: c, params: params, mean: zerosLike(arena, params)}
}

func (l *lion) Step(rates LearningRates) {
	c := l.config
	beta1, gain1 := float32(c.Beta1), float32(1-c.Beta1)
	beta2, gain2 := float32(c.Beta2), float32(1-c.Beta2)
	for i := range l.params {
		p := &l.params[i]
		lr := rates[p.Role]
		keep, size := float32(1-lr*c.decay(p)), float32(lr)
		w, g, m := p.Value, p.Grad[:len(p.Value)], l.mean[i][:len(p.Value)]
		for j, x := range w {
			// Conversions keep products from being fused with sums: one rounding more or
			// less could change a sign.
			mixed := float32(beta1*m[j]) + float32(gain1*g[j])
			w[j] = keep*x - size*sign(mixed)
			m[j] = float32(beta2*m[j]) + float32(gain2*g[j])
		}
	}
}

func (l *lion) State() []Tensor {
	var all []Tensor
	for i, m := range l.mean {
		all = append(all, stateTensor("lion.mean", &l.params[i], m))
	}
	return all
}
