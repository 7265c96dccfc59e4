package nn

// The backward pass through the blocks: gradients of their inputs and of trained arrays.

import (
	"gonum.org/v1/gonum/blas/blas32"

	"ranksweep/nn/kernel"
)

// backward takes the gradient of the final norm's output, which the head left in p.dh,
// down to the lowest map that trains.
func (p *Pass) backward(b *Batch) {
	stages := 2 * len(p.model.Blocks)
	if !p.below[stages] {
		return
	}
	dx := p.rows(p.x)
	clear(dx.Data)
	p.normBackward(dx, p.last, stages)
	for l := len(p.model.Blocks) - 1; l >= 0; l-- {
		if !p.below[2*l+2] {
			return
		}
		dy := dx // gradient of the attention's output
		if p.model.Config.Parallel {
			dy = p.rows(p.dy)
			copy(dy.Data, dx.Data)
		}
		p.mlpBackward(l, dx)
		if !p.below[2*l+1] {
			return
		}
		p.attentionBackward(l, dx, dy, b)
	}
	if p.full != nil {
		for i, t := range b.Tokens {
			kernel.Add(row(p.full.embedding, int(t)), row(dx, i))
		}
	}
}

// mlpBackward computes the gradients of
//
//	x += Down·act,  act = f(gate) ∘ up,  gate, up = GateUp·h,  h = norm(x)
//
// in which Down·act may pass through a norm. dx passes through the residual unchanged,
// and the gradient of the branch is added to it.
func (p *Pass) mlpBackward(l int, dx blas32.General) {
	block, a, stage := &p.model.Blocks[l], &p.layers[l], 2*l+1
	maps, down := split(p.stage(stage))
	below := p.below[stage]
	inner := below || trains(maps)

	dact := p.wanted(p.dact, inner)
	act := p.discard
	if down != nil {
		act = p.activated(&a.feed)
	}
	mapBackward(down, block.Down, dact, p.branch(a.postMLP, dx), act)
	if !inner {
		return
	}
	p.shared.activationBackward = activationBackward{p.model.Config.Activation, &p.dfeed, dact, &a.feed}
	kernel.Share(&p.shared.activationBackward, dact.Rows, rowsOf(dact.Cols))
	p.mapsBackward(maps, block.GateUp, p.wanted(p.dh, below), p.dfeed.outputs, p.normedFor(maps, a.mlp))
	if below {
		p.normBackward(dx, a.mlp, stage)
	}
}

// attentionBackward computes the gradients of
//
//	x += Out·att,  att = attention(rope(q), rope(k), v),  q, k, v = QKV·h,  h = norm(x)
//
// in which Out·att may pass through a norm. dy is the gradient of the sum; the gradient of
// the branch is added to dx.
func (p *Pass) attentionBackward(l int, dx, dy blas32.General, b *Batch) {
	block, a, stage := &p.model.Blocks[l], &p.layers[l], 2*l
	maps, out := split(p.stage(stage))
	below := p.below[stage]
	inner := below || trains(maps)

	datt := p.wanted(p.datt, inner)
	mapBackward(out, block.Out, datt, p.branch(a.postAttn, dy), p.rows(a.att))
	if !inner {
		return
	}
	d := &p.dqkv
	d.clear(p.n)
	attention := &p.shared.attentionBackward
	*attention = attentionBackward{p.attention(l, b), d, p.attended(datt)}
	kernel.Share(attention, attention.items(), p.attend.worth(b.Starts))
	p.rotate(d, b.Starts, -1)
	if block.QNorm != nil {
		a.qNorm.backward(p.n, d.q, block.QNorm, p.dhead)
		a.kNorm.backward(p.n, d.k, block.KNorm, p.dhead)
	}
	p.mapsBackward(maps, block.QKV, p.wanted(p.dh, below), d.outputs, p.normedFor(maps, a.attn))
	if below {
		p.normBackward(dx, a.attn, stage)
	}
}

// branch returns the gradient of the term that a part adds to the residual stream, before
// the term's norm if post is not nil. dy is the gradient of the sum.
func (p *Pass) branch(post *activation, dy blas32.General) blas32.General {
	if post == nil {
		return dy
	}
	d := p.wanted(p.dbranch, true)
	p.normGradient(d, post, nil, dy)
	return d
}

// normBackward adds to dx the gradient of a norm's input; the gradient of its output is in
// p.dh. stage is the norm's number, counted as stages are, with the final norm last.
func (p *Pass) normBackward(dx blas32.General, a *activation, stage int) {
	var dweight []float32
	if p.full != nil {
		dweight = p.full.norms[stage]
	}
	p.normGradient(dx, a, dweight, p.rows(p.dh))
}

// normGradient adds the gradient of a norm's input to dx, and that of its weights to dweight unless it is nil, from dh.
// The gradient of the weights is a sum over rows in their order, which one core does.
func (p *Pass) normGradient(dx blas32.General, a *activation, dweight []float32, dh blas32.General) {
	each := dx.Rows
	if dweight == nil {
		each = rowsOf(dx.Cols)
	}
	p.shared.normBackward = normBackward{a, dx, dh, dweight}
	kernel.Share(&p.shared.normBackward, dx.Rows, each)
}

// normedFor computes the norm again if one of the maps trains; other maps do not need it.
func (p *Pass) normedFor(maps []Map, a *activation) blas32.General {
	if !trains(maps) {
		return p.discard
	}
	return p.normed(a)
}

// wanted returns the batch's part of a gradient buffer, zeroed, or the empty matrix if the
// gradient is not needed.
func (p *Pass) wanted(m blas32.General, need bool) blas32.General {
	if !need {
		return p.discard
	}
	m = p.rows(m)
	clear(m.Data)
	return m
}

// mapsBackward runs Backward of the maps that read one x.
func (p *Pass) mapsBackward(maps []Map, frozen []*Linear, dx blas32.General, dy []blas32.General, x blas32.General) {
	for i, l := range frozen {
		mapBackward(maps[i], l, dx, p.rows(dy[i]), x)
	}
}

func mapBackward(m Map, l *Linear, dx, dy, x blas32.General) {
	switch {
	case m != nil:
		m.Backward(dx, dy, x)
	case dx.Rows > 0:
		l.Backward(dx, dy)
	}
}
