package nn

import (
	"gonum.org/v1/gonum/blas/blas32"

	"ranksweep/nn/kernel"
)

// backward takes the gradient of the final norm's output, which the head left
// in p.dh, down to the lowest thing that trains.
func (p *Pass) backward(b *Batch) {
	stages := 2 * len(p.model.Blocks)
	if !p.below[stages] {
		return
	}
	dx := p.rows(p.x)
	clear(dx.Data)
	p.normBackward(dx, &p.last, p.model.Norm, stages)
	for l := len(p.model.Blocks) - 1; l >= 0; l-- {
		if !p.below[2*l+2] {
			return
		}
		p.mlpBackward(l, dx)
		if !p.below[2*l+1] {
			return
		}
		p.attentionBackward(l, dx, b)
	}
	if p.full != nil {
		for i, t := range b.Tokens {
			kernel.Add(row(p.full.embedding, int(t)), row(dx, i))
		}
	}
}

// mlpBackward is the way back through
//
//	x += Down·act,  act = silu(Gate·h) ∘ Up·h,  h = norm(x)
//
// The residual passes dx on as it is; the branch adds to it.
func (p *Pass) mlpBackward(l int, dx blas32.General) {
	block, a, stage := &p.model.Blocks[l], &p.layers[l], 2*l+1
	m := p.stage(stage)
	below := p.below[stage]
	inner := below || m[0] != nil || m[1] != nil

	dact := p.wanted(p.dact, inner)
	mapBackward(m[2], block.Down, dact, dx, p.rows(a.act))
	if !inner {
		return
	}
	dgate, dup := p.rows(p.dgate), p.rows(p.dup)
	swigluBackward(dgate.Data, dup.Data, dact.Data, p.rows(a.gate).Data, p.rows(a.up).Data)
	h, dh := p.rows(a.mlp.h), p.wanted(p.dh, below)
	mapBackward(m[0], block.Gate, dh, dgate, h)
	mapBackward(m[1], block.Up, dh, dup, h)
	if below {
		p.normBackward(dx, &a.mlp, block.MLPNorm, stage)
	}
}

// attentionBackward is the way back through
//
//	x += O·att,  att = attention(rope(Q·h), rope(K·h), V·h),  h = norm(x)
func (p *Pass) attentionBackward(l int, dx blas32.General, b *Batch) {
	block, a, stage := &p.model.Blocks[l], &p.layers[l], 2*l
	m := p.stage(stage)
	below := p.below[stage]
	inner := below || m[0] != nil || m[1] != nil || m[2] != nil

	datt := p.wanted(p.datt, inner)
	mapBackward(m[3], block.O, datt, dx, p.rows(a.att))
	if !inner {
		return
	}
	dq, dk, dv := p.rows(p.dq), p.rows(p.dk), p.rows(p.dv)
	p.attend.backward(dq, dk, dv, datt, p.rows(a.att), a.lse, p.rows(a.q), p.rows(a.k), p.rows(a.v), b.Starts)
	p.rope.rotate(dq, b.Starts, -1)
	p.rope.rotate(dk, b.Starts, -1)
	h, dh := p.rows(a.attn.h), p.wanted(p.dh, below)
	mapBackward(m[0], block.Q, dh, dq, h)
	mapBackward(m[1], block.K, dh, dk, h)
	mapBackward(m[2], block.V, dh, dv, h)
	if below {
		p.normBackward(dx, &a.attn, block.AttnNorm, stage)
	}
}

// normBackward adds to dx the gradient through a norm whose output gradient
// is in p.dh. stage counts norms as stages, the final one last.
func (p *Pass) normBackward(dx blas32.General, a *activation, weight []float32, stage int) {
	var dweight []float32
	if p.full != nil {
		dweight = p.full.norms[stage]
	}
	rmsNormBackward(dx, dweight, p.rows(p.dh), p.rows(a.x), a.inv, weight)
}

// wanted returns the batch's part of a gradient buffer, zeroed, or the empty
// matrix where the gradient is not needed.
func (p *Pass) wanted(m blas32.General, need bool) blas32.General {
	if !need {
		return p.discard
	}
	m = p.rows(m)
	clear(m.Data)
	return m
}

func mapBackward(m Map, l *Linear, dx, dy, x blas32.General) {
	switch {
	case m != nil:
		m.Backward(dx, dy, x)
	case dx.Rows > 0:
		l.Backward(dx, dy)
	}
}
