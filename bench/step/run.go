package main

import (
	"ranksweep/lora"
	"ranksweep/nn"
)

// run trains adapters as package local does, but measures only the loss.
type run struct {
	work   *work
	set    *lora.Set
	pass   *nn.Pass
	params []nn.Param
	opt    nn.Optimizer
	taken  int
	losses []float64 // loss of every step, in nats per token
}

func (w *work) newRun(rank int) (*run, error) {
	set, err := w.attach(rank)
	if err != nil {
		return nil, err
	}
	pass, err := nn.NewPass(w.model, w.tokens(), set.Maps())
	if err != nil {
		return nil, err
	}
	config, err := nn.DefaultOptimizer("adamw")
	if err != nil {
		return nil, err
	}
	params := pass.Params()
	opt, err := nn.NewOptimizer(config, params)
	if err != nil {
		return nil, err
	}
	const most = 1 << 16 // steps whose losses fit without a new allocation
	return &run{work: w, set: set, pass: pass, params: params, opt: opt, losses: make([]float64, 0, most)}, nil
}

func (r *run) step() error {
	r.pass.ClearGradients(r.params)
	tokens := r.work.tokens()
	sum, err := r.pass.Gradient(&r.work.batches[r.taken%batches], 1/float32(tokens))
	if err != nil {
		return err
	}
	r.losses = append(r.losses, sum/float64(tokens))
	r.opt.Step(nn.UniformRate(rate))
	r.set.Updated()
	r.taken++
	return nil
}

// flops counts the operations of a step's products, in the forms that its maps take. The first q,
// k and v need no gradient of their input.
func (r *run) flops() float64 {
	tokens := float64(r.work.tokens())
	var sum float64
	for i, a := range r.set.Adapters {
		m, n, rank := float64(a.Base.Out()), float64(a.Base.In()), float64(a.Rank())
		products, inputs := 4*tokens*m*n+6*tokens*rank*(m+n), 2*tokens*(m*n+rank*n)
		if lora.MergedIsCheaper(r.work.tokens(), a.Rank(), a.Base) {
			products, inputs = 6*tokens*m*n+6*rank*m*n, 2*tokens*m*n
			if a.Base.BF16() {
				products += 2 * tokens * m * n
			}
		}
		if i < 3 {
			products -= inputs
		}
		sum += products
	}
	// The head, forward and backward, and attention: two products of half a
	// T×T matrix forward, five backward.
	c := r.work.model.Config
	sum += 4 * tokens * float64(c.Vocab*c.Dim)
	return sum + 7*tokens*context*float64(c.Layers*c.Heads*c.HeadDim)
}
