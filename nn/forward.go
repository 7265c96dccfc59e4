package nn

// The forward pass: from token ids through the blocks to the final norm.

import (
	"math"

	"gonum.org/v1/gonum/blas/blas32"

	"ranksweep/nn/kernel"
)

// forward runs the batch up to the final norm.
func (p *Pass) forward(b *Batch) {
	p.n = len(b.Tokens)
	x := p.rows(p.x)
	p.embed(x, b)
	for l := range p.model.Blocks {
		if p.model.Config.Parallel {
			copy(p.layers[l].mlp.x.Data, x.Data)
		}
		p.attentionForward(l, x, b)
		p.mlpForward(l, x)
	}
	p.normedOf(p.last, x)
}

// embed sets x to the tokens' embeddings, plus those of their positions if positions are
// learned.
func (p *Pass) embed(x blas32.General, b *Batch) {
	for i, t := range b.Tokens {
		p.model.embedding(row(x, i), int(t))
	}
	if c := p.model.Config; c.ScaledEmbedding {
		kernel.Scale(x.Data, float32(math.Sqrt(float64(c.Dim))))
	}
	if p.model.Positions.Rows == 0 {
		return
	}
	for s := range b.Sequences() {
		for i := b.Starts[s]; i < b.Starts[s+1]; i++ {
			kernel.Add(row(x, i), row(p.model.Positions, i-b.Starts[s]+p.model.Config.PositionOffset))
		}
	}
}

// attentionForward adds one block's attention to the residual stream x.
func (p *Pass) attentionForward(l int, x blas32.General, b *Batch) {
	block, a := &p.model.Blocks[l], &p.layers[l]
	maps, out := split(p.stage(2 * l))
	p.mapsForward(maps, block.QKV, a.qkv.outputs, p.normedOf(a.attn, x))
	if block.QNorm != nil {
		a.qNorm.forward(p.n, a.qkv.q, block.QNorm, p.model.Config.NormEps)
		a.kNorm.forward(p.n, a.qkv.k, block.KNorm, p.model.Config.NormEps)
	}
	p.rotate(&a.qkv, b.Starts, 1)
	attention := &p.shared.attentionForward
	*attention = p.attention(l, b)
	kernel.Share(attention, attention.items(), p.attend.worth(b.Starts))
	p.add(x, out, block.Out, p.rows(a.att), a.postAttn)
}

// attention returns the attention of one block.
func (p *Pass) attention(l int, b *Batch) attentionForward {
	a := &p.layers[l]
	return attentionForward{&p.attend, p.attended(p.rows(a.att)), a.lse, &a.qkv, b.Starts, p.model.Config.window(l)}
}

// rotate turns the heads of q and k by their positions' angles.
func (p *Pass) rotate(qk *projection, starts []int, direction float32) {
	for _, x := range []heads{qk.q, qk.k} {
		p.shared.rotation = rotation{&p.rope, x, starts, direction}
		kernel.Share(&p.shared.rotation, p.n, rowsOf(x.count*x.dim))
	}
}

// mlpForward adds one block's feed-forward part to the residual stream x.
func (p *Pass) mlpForward(l int, x blas32.General) {
	block, a := &p.model.Blocks[l], &p.layers[l]
	maps, down := split(p.stage(2*l + 1))
	in := x
	if p.model.Config.Parallel {
		in = p.discard // a.mlp has it
	}
	p.mapsForward(maps, block.GateUp, a.feed.outputs, p.normedOf(a.mlp, in))
	p.add(x, down, block.Down, p.activated(&a.feed), a.postMLP)
}

// add runs the last map of a part on in, passes the output through a norm if post is not
// nil, and adds it to the residual stream x.
func (p *Pass) add(x blas32.General, m Map, l *Linear, in blas32.General, post *activation) {
	branch := p.rows(p.dh)
	mapForward(m, l, branch, in)
	if post != nil {
		p.norm(branch, post, branch)
	}
	p.shared.sum = addition{x, branch}
	kernel.Share(&p.shared.sum, x.Rows, rowsOf(x.Cols))
}

// normed computes the norm of the input that a keeps, into p.h.
func (p *Pass) normed(a *activation) blas32.General { return p.normedOf(a, p.discard) }

// normedOf computes the norm of x into p.h; a keeps x.
func (p *Pass) normedOf(a *activation, x blas32.General) blas32.General {
	h := p.rows(p.h)
	p.norm(h, a, x)
	return h
}

// norm computes the norm of x into h, which may be x; a keeps x. If x has no rows, the input is what a has kept.
func (p *Pass) norm(h blas32.General, a *activation, x blas32.General) {
	p.shared.normForward = normForward{a, x, h, p.model.Config.NormEps}
	kernel.Share(&p.shared.normForward, h.Rows, rowsOf(h.Cols))
}

// activated computes f(gate) ∘ up into p.act.
func (p *Pass) activated(in *feed) blas32.General {
	act := p.rows(p.act)
	p.shared.activationForward = activationForward{p.model.Config.Activation, act, in}
	kernel.Share(&p.shared.activationForward, act.Rows, rowsOf(act.Cols))
	return act
}

// mapsForward runs the maps that read one x.
func (p *Pass) mapsForward(maps []Map, frozen []*Linear, y []blas32.General, x blas32.General) {
	for i, l := range frozen {
		mapForward(maps[i], l, p.rows(y[i]), x)
	}
}

func mapForward(m Map, l *Linear, y, x blas32.General) {
	if m == nil {
		l.Forward(y, x)
		return
	}
	m.Forward(y, x)
}

// split separates the last map of a stage from the maps before it.
func split(stage []Map) (first []Map, last Map) {
	return stage[:len(stage)-1], stage[len(stage)-1]
}

// attended returns a view of attention's output, (N, H·D), by heads.
func (p *Pass) attended(m blas32.General) heads {
	c := p.model.Config
	return heads{m, 0, c.HeadDim, c.Heads, c.HeadDim}
}

func row(m blas32.General, i int) []float32 {
	return m.Data[i*m.Stride:][:m.Cols]
}
