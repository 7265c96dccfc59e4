package nn

import (
	"math"

	"gonum.org/v1/gonum/blas"
	"gonum.org/v1/gonum/blas/blas32"

	"ranksweep/nn/kernel"
)

// queryBlock is how many queries attend at once. The scores of one block are
// all that is ever kept of the T×T matrix, and the block's keys end where its
// last query stands, so that little is computed above the diagonal.
const queryBlock = 64

// attention is causal grouped-query attention (Ainslie et al. 2023), each
// sequence by itself:
//
//	S = Q Kᵀ/√D,  P = softmax(S, causal),  att = P V
type attention struct {
	heads, kvHeads, dim int
	scale               float32
	p, dp               []float32 // (queryBlock, context) scores and their gradient
}

func newAttention(c Config) attention {
	return attention{
		heads: c.Heads, kvHeads: c.KVHeads, dim: c.HeadDim,
		scale: float32(1 / math.Sqrt(float64(c.HeadDim))),
		p:     make([]float32, queryBlock*c.Context),
		dp:    make([]float32, queryBlock*c.Context),
	}
}

// forward computes att, (N, H·D), of q (N, H·D), k and v (N, K·D), and the
// log-sum-exp of each softmax, lse (N, H).
func (a *attention) forward(att blas32.General, lse []float32, q, k, v blas32.General, starts []int) {
	a.blocks(starts, func(t tile) {
		qb, kb, vb := t.queries(q), t.keys(k), t.keys(v)
		p := matrixOf(a.p, qb.Rows, kb.Rows)
		blas32.Gemm(blas.NoTrans, blas.Trans, a.scale, qb, kb, 0, p)
		for i := range p.Rows {
			lse[(t.first+i)*a.heads+t.head] = softmax(row(p, i), t.visible(i))
		}
		blas32.Gemm(blas.NoTrans, blas.NoTrans, 1, p, vb, 0, t.queries(att))
	})
}

// backward computes dq, dk and dv of datt, P recomputed from lse:
//
//	dV += Pᵀ dAtt,  dP = dAtt Vᵀ,  dS = P ∘ (dP − rowsum(dAtt ∘ att))
//	dQ = dS K/√D,  dK += dSᵀ Q/√D
func (a *attention) backward(dq, dk, dv, datt, att blas32.General, lse []float32, q, k, v blas32.General, starts []int) {
	clear(dk.Data)
	clear(dv.Data)
	a.blocks(starts, func(t tile) {
		qb, kb, vb, dout := t.queries(q), t.keys(k), t.keys(v), t.queries(datt)
		p, dp := matrixOf(a.p, qb.Rows, kb.Rows), matrixOf(a.dp, qb.Rows, kb.Rows)
		blas32.Gemm(blas.NoTrans, blas.Trans, a.scale, qb, kb, 0, p)
		blas32.Gemm(blas.NoTrans, blas.Trans, 1, dout, vb, 0, dp)
		out := t.queries(att)
		for i := range p.Rows {
			delta := kernel.Dot(row(dout, i), row(out, i))
			softmaxBackward(row(p, i), row(dp, i), t.visible(i), lse[(t.first+i)*a.heads+t.head], delta)
		}
		blas32.Gemm(blas.Trans, blas.NoTrans, 1, p, dout, 1, t.keys(dv))
		blas32.Gemm(blas.NoTrans, blas.NoTrans, a.scale, dp, kb, 0, t.queries(dq))
		blas32.Gemm(blas.Trans, blas.NoTrans, a.scale, dp, qb, 1, t.keys(dk))
	})
}

// softmax turns the first visible scores of s into probabilities, the rest
// into zeros, and returns the log of the sum of exponentials.
func softmax(s []float32, visible int) float32 {
	top, sum := kernel.Softmax(s[:visible], 1)
	clear(s[visible:])
	return top + float32(math.Log(sum))
}

// softmaxBackward turns scores s into probabilities again and their gradient
// dp into that of the scores.
func softmaxBackward(s, dp []float32, visible int, lse, delta float32) {
	kernel.SoftmaxBackward(s[:visible], dp[:visible], lse, delta)
	clear(s[visible:])
	clear(dp[visible:])
}

// tile is one head's block of queries and the keys that it can see.
type tile struct {
	start int // first token of the sequence
	first int // first query
	count int // how many queries
	head  int // query head
	group int // its key/value head
	dim   int // D
}

// blocks calls f for every tile, key/value heads and sequences in order.
func (a *attention) blocks(starts []int, f func(tile)) {
	for s := 0; s+1 < len(starts); s++ {
		for h := range a.heads {
			for first := starts[s]; first < starts[s+1]; first += queryBlock {
				f(tile{
					start: starts[s], first: first, count: min(queryBlock, starts[s+1]-first),
					head: h, group: h * a.kvHeads / a.heads, dim: a.dim,
				})
			}
		}
	}
}

// queries views the tile's queries in a (N, H·D) matrix.
func (t tile) queries(m blas32.General) blas32.General {
	return view(m, t.first, t.head*t.dim, t.count, t.dim)
}

// keys views the tile's keys in a (N, K·D) matrix.
func (t tile) keys(m blas32.General) blas32.General {
	return view(m, t.start, t.group*t.dim, t.first+t.count-t.start, t.dim)
}

// visible is how many keys the tile's i-th query sees: those up to itself.
func (t tile) visible(i int) int { return t.first + i - t.start + 1 }

func view(m blas32.General, i, j, rows, cols int) blas32.General {
	begin := i*m.Stride + j
	end := begin + (rows-1)*m.Stride + cols
	return blas32.General{Rows: rows, Cols: cols, Stride: m.Stride, Data: m.Data[begin:end]}
}

func matrixOf(data []float32, rows, cols int) blas32.General {
	return blas32.General{Rows: rows, Cols: cols, Stride: cols, Data: data[:rows*cols]}
}
