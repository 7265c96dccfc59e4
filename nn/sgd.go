package nn

// SGD with momentum: the optimizer that follows the gradient itself.

var sgdVariant = variant{
	defaults: OptimizerConfig{Name: "sgd"},
	settings: []string{"momentum", "weight decay"},
	make:     newSGD,
	update:   LinearUpdate,
	scale:    always(LinearScale),
}

// sgd is stochastic gradient descent with momentum μ and weight decay λ, like
// torch.optim.SGD without dampening or Nesterov: the decay is coupled, that is, part of
// the gradient, and b starts as the first d.
//
//	d = g + λw
//	b = μb + d
//	w −= lr·b
type sgd struct {
	config OptimizerConfig
	params []Param
	buffer [][]float32 // b of each parameter; none without momentum
}

func newSGD(arena *Arena, c OptimizerConfig, params []Param) Optimizer {
	s := &sgd{config: c, params: params}
	if c.Momentum != 0 {
		s.buffer = zerosLike(arena, params)
	}
	return s
}

func (s *sgd) Step(rates LearningRates) {
	for i := range s.params {
		p := &s.params[i]
		lr, decay := float32(rates[p.Role]), float32(s.config.decay(p))
		if s.buffer == nil {
			descend(p.Value, p.Grad, lr, decay)
		} else {
			descendWithMomentum(p.Value, p.Grad, s.buffer[i], lr, decay, float32(s.config.Momentum))
		}
	}
}

func descend(w, g []float32, lr, decay float32) {
	g = g[:len(w)]
	for i, x := range w {
		w[i] = x - lr*(g[i]+decay*x)
	}
}

func descendWithMomentum(w, g, b []float32, lr, decay, momentum float32) {
	g, b = g[:len(w)], b[:len(w)]
	for i, x := range w {
		bi := momentum*b[i] + (g[i] + decay*x)
		b[i] = bi
		w[i] = x - lr*bi
	}
}

func (s *sgd) State() []Tensor {
	var all []Tensor
	for i, b := range s.buffer {
		all = append(all, stateTensor("sgd.momentum", &s.params[i], b))
	}
	return all
}
