package nn

import (
	"gonum.org/v1/gonum/blas/blas32"

	"ranksweep/nn/kernel"
)

// forward runs the batch up to the final norm.
func (p *Pass) forward(b *Batch) {
	p.n = len(b.Tokens)
	x := p.rows(p.x)
	for i, t := range b.Tokens {
		copy(x.Data[i*x.Stride:][:x.Cols], row(p.model.Embedding, int(t)))
	}
	for l := range p.model.Blocks {
		p.attentionForward(l, x, b)
		p.mlpForward(l, x)
	}
	p.normForward(&p.last, x, p.model.Norm)
}

// attentionForward adds one block's attention to the residual stream x.
func (p *Pass) attentionForward(l int, x blas32.General, b *Batch) {
	block, a := &p.model.Blocks[l], &p.layers[l]
	p.normForward(&a.attn, x, block.AttnNorm)
	h, q, k, v, att := p.rows(a.attn.h), p.rows(a.q), p.rows(a.k), p.rows(a.v), p.rows(a.att)
	m := p.stage(2 * l)
	mapForward(m[0], block.Q, q, h)
	mapForward(m[1], block.K, k, h)
	mapForward(m[2], block.V, v, h)
	p.rope.rotate(q, b.Starts, 1)
	p.rope.rotate(k, b.Starts, 1)
	p.attend.forward(att, a.lse, q, k, v, b.Starts)
	out := p.rows(p.dh)
	mapForward(m[3], block.O, out, att)
	kernel.Add(x.Data, out.Data)
}

// mlpForward adds one block's feed-forward part to the residual stream x.
func (p *Pass) mlpForward(l int, x blas32.General) {
	block, a := &p.model.Blocks[l], &p.layers[l]
	p.normForward(&a.mlp, x, block.MLPNorm)
	h, gate, up, act := p.rows(a.mlp.h), p.rows(a.gate), p.rows(a.up), p.rows(a.act)
	m := p.stage(2*l + 1)
	mapForward(m[0], block.Gate, gate, h)
	mapForward(m[1], block.Up, up, h)
	swigluForward(act.Data, gate.Data, up.Data)
	out := p.rows(p.dh)
	mapForward(m[2], block.Down, out, act)
	kernel.Add(x.Data, out.Data)
}

// normForward keeps x and computes its norm.
func (p *Pass) normForward(a *activation, x blas32.General, weight []float32) {
	copy(a.x.Data, x.Data)
	rmsNormForward(p.rows(a.h), a.inv, x, weight, p.model.Config.NormEps)
}

func mapForward(m Map, l *Linear, y, x blas32.General) {
	if m == nil {
		l.Forward(y, x)
		return
	}
	m.Forward(y, x)
}

func row(m blas32.General, i int) []float32 {
	return m.Data[i*m.Stride:][:m.Cols]
}
