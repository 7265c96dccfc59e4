package nn

// Sign descent: the optimizer that steps by the sign of the gradient.

import "math"

var signSGDVariant = variant{
	defaults: OptimizerConfig{Name: "signsgd"},
	settings: []string{"weight decay"},
	make:     func(_ *Arena, c OptimizerConfig, params []Param) Optimizer { return &signSGD{c, params} },
	update:   SignUpdate,
	scale:    always(FreeOfScale),
}

// signSGD is sign descent (Bernstein et al., arXiv:1802.04434, algorithm 1)
// with decoupled weight decay λ:
//
//	w = (1−lr·λ)w − lr·sign(g)
//
// It has no momentum. Signum, algorithm 2 of the same paper, takes the sign of the decayed
// mean of gradients, which is [lion] with β₁ = β₂.
type signSGD struct {
	config OptimizerConfig
	params []Param
}

func (s *signSGD) Step(rates LearningRates) {
	for i := range s.params {
		p := &s.params[i]
		lr := rates[p.Role]
		keep, size := float32(1-lr*s.config.decay(p)), float32(lr)
		w, g := p.Value, p.Grad[:len(p.Value)]
		for j, x := range w {
			w[j] = keep*x - size*sign(g[j])
		}
	}
}

func (s *signSGD) State() []Tensor { return nil }

// sign returns ±1, and zero and NaN as they are. Its only branch is rarely taken, so that
// random signs cost no mispredictions.
func sign(x float32) float32 {
	if x == 0 || x != x {
		return x
	}
	const signBit, one = 1 << 31, 0x3f800000 // IEEE 754: 1 is 127 in the exponent
	return math.Float32frombits(math.Float32bits(x)&signBit | one)
}
