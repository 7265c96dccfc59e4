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
		a := &p.layers[l]
		copy(a.attn.x.Data, x.Data)
		if p.model.Config.Parallel {
			copy(a.mlp.x.Data, x.Data)
		}
		p.attentionForward(l, x, b)
		if !p.model.Config.Parallel {
			copy(a.mlp.x.Data, x.Data)
		}
		p.mlpForward(l, x)
	}
	copy(p.last.x.Data, x.Data)
	p.normed(p.last)
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
	p.mapsForward(maps, block.QKV, a.qkv.outputs, p.normed(a.attn))
	if block.QNorm != nil {
		a.qNorm.forward(p.n, a.qkv.q, block.QNorm, p.model.Config.NormEps)
		a.kNorm.forward(p.n, a.qkv.k, block.KNorm, p.model.Config.NormEps)
	}
	p.rope.rotate(a.qkv.q, b.Starts, 1)
	p.rope.rotate(a.qkv.k, b.Starts, 1)
	p.attend.forward(p.attended(a.att), a.lse, &a.qkv, b.Starts, p.model.Config.window(l))
	p.add(x, out, block.Out, p.rows(a.att), a.postAttn)
}

// mlpForward adds one block's feed-forward part to the residual stream x.
func (p *Pass) mlpForward(l int, x blas32.General) {
	block, a := &p.model.Blocks[l], &p.layers[l]
	maps, down := split(p.stage(2*l + 1))
	p.mapsForward(maps, block.GateUp, a.feed.outputs, p.normed(a.mlp))
	p.add(x, down, block.Down, p.activated(&a.feed), a.postMLP)
}

// add runs the last map of a part on in, passes the output through a norm if post is not
// nil, and adds it to the residual stream x.
func (p *Pass) add(x blas32.General, m Map, l *Linear, in blas32.General, post *activation) {
	branch := p.rows(p.dh)
	mapForward(m, l, branch, in)
	if post != nil {
		copy(post.x.Data, branch.Data)
		post.forward(branch, p.model.Config.NormEps)
	}
	kernel.Add(x.Data, branch.Data)
}

// normed computes the norm of the input that a keeps, into p.h.
func (p *Pass) normed(a *activation) blas32.General {
	h := p.rows(p.h)
	a.forward(h, p.model.Config.NormEps)
	return h
}

// activated computes f(gate) ∘ up into p.act.
func (p *Pass) activated(in *feed) blas32.General {
	act := p.rows(p.act)
	p.model.Config.Activation.forward(act, in)
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
