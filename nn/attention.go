package nn

// Causal self-attention, forward and backward, a block of queries at a time.

import (
	"cmp"
	"math"

	"gonum.org/v1/gonum/blas"
	"gonum.org/v1/gonum/blas/blas32"

	"ranksweep/nn/kernel"
)

// queryBlock is the number of queries that attend at once. Only the scores of one block
// exist at a time, instead of the whole T×T matrix. The block's keys end at its last
// query, so that little is computed above the diagonal.
const queryBlock = 64

// attention is causal grouped-query attention (Ainslie et al. 2023). Each sequence is
// computed by itself:
//
//	S = Q Kᵀ/√D,  P = softmax(S, causal),  att = P V
//
// Some models divide by the root of another number than D, or cap S. With a window, a
// query sees only that many keys, the last of which is its own (Beltagy et al. 2020,
// arXiv:2004.05150).
type attention struct {
	heads, kvHeads int
	scale          float32
	cap            softcap
	p, dp          []float32 // (queryBlock, context) scores and their gradient
}

func newAttention(arena *Arena, c Config) attention {
	return attention{
		heads: c.Heads, kvHeads: c.KVHeads, cap: newSoftcap(arena, c.ScoreCap, c.Context),
		scale: float32(1 / math.Sqrt(cmp.Or(c.QueryScale, float64(c.HeadDim)))),
		p:     arena.Floats(queryBlock * c.Context),
		dp:    arena.Floats(queryBlock * c.Context),
	}
}

// forward computes att, (N, H·D), from the q, k and v in in, and the log-sum-exp of each
// softmax, lse (N, H). A window of 0 means no window.
func (a *attention) forward(att heads, lse []float32, in *projection, starts []int, window int) {
	a.blocks(starts, window, func(t tile) {
		qb, kb, vb := t.queries(in.q), t.keys(in.k), t.keys(in.v)
		p := matrixOf(a.p, qb.Rows, kb.Rows)
		blas32.Gemm(blas.NoTrans, blas.Trans, a.scale, qb, kb, 0, p)
		for i := range p.Rows {
			from, to := t.visible(i)
			a.cap.forward(row(p, i)[from:to])
			lse[(t.first+i)*a.heads+t.head] = softmax(row(p, i), from, to)
		}
		blas32.Gemm(blas.NoTrans, blas.NoTrans, 1, p, vb, 0, t.queries(att))
	})
}

// backward computes d, the gradients of q, k and v, from datt. It computes P again, from
// lse:
//
//	dV += Pᵀ dAtt,  dP = dAtt Vᵀ,  dS = P ∘ (dP − rowsum(dAtt ∘ att))
//	dQ = dS K/√D,  dK += dSᵀ Q/√D
func (a *attention) backward(d *projection, datt, att heads, lse []float32, in *projection, starts []int, window int) {
	d.clear(starts[len(starts)-1])
	a.blocks(starts, window, func(t tile) {
		qb, kb, vb, dout := t.queries(in.q), t.keys(in.k), t.keys(in.v), t.queries(datt)
		p, dp := matrixOf(a.p, qb.Rows, kb.Rows), matrixOf(a.dp, qb.Rows, kb.Rows)
		blas32.Gemm(blas.NoTrans, blas.Trans, a.scale, qb, kb, 0, p)
		blas32.Gemm(blas.NoTrans, blas.Trans, 1, dout, vb, 0, dp)
		out := t.queries(att)
		for i := range p.Rows {
			delta := kernel.Dot(row(dout, i), row(out, i))
			from, to := t.visible(i)
			a.cap.forward(row(p, i)[from:to])
			a.cap.keep(row(p, i)[from:to])
			softmaxBackward(row(p, i), row(dp, i), from, to, lse[(t.first+i)*a.heads+t.head], delta)
			a.cap.backward(row(dp, i)[from:to])
		}
		blas32.Gemm(blas.Trans, blas.NoTrans, 1, p, dout, 1, t.keys(d.v))
		blas32.Gemm(blas.NoTrans, blas.NoTrans, a.scale, dp, kb, 0, t.queries(d.q))
		blas32.Gemm(blas.Trans, blas.NoTrans, a.scale, dp, qb, 1, t.keys(d.k))
	})
}

// softmax turns the scores s[from:to] into probabilities, the rest into zeros,
// and returns the log of the sum of exponentials.
func softmax(s []float32, from, to int) float32 {
	top, sum := kernel.Softmax(s[from:to], 1)
	clear(s[:from])
	clear(s[to:])
	return top + float32(math.Log(sum))
}

// softmaxBackward turns scores s into probabilities again, and turns dp, the gradient of
// the probabilities, into the gradient of the scores.
func softmaxBackward(s, dp []float32, from, to int, lse, delta float32) {
	kernel.SoftmaxBackward(s[from:to], dp[from:to], lse, delta)
	for _, x := range [][]float32{s, dp} {
		clear(x[:from])
		clear(x[to:])
	}
}

// tile is one head's block of queries and the keys that it can see.
type tile struct {
	begin  int // first key
	first  int // first query
	count  int // number of queries
	start  int // first token of the sequence
	window int // number of keys that a query sees; 0 for all
	head   int // query head
	group  int // its key/value head
}

// blocks calls f for every tile, key/value heads and sequences in order.
func (a *attention) blocks(starts []int, window int, f func(tile)) {
	for s := 0; s+1 < len(starts); s++ {
		for h := range a.heads {
			for first := starts[s]; first < starts[s+1]; first += queryBlock {
				t := tile{
					start: starts[s], first: first, count: min(queryBlock, starts[s+1]-first),
					window: window, head: h, group: h * a.kvHeads / a.heads,
				}
				t.begin = t.oldest(first)
				f(t)
			}
		}
	}
}

// oldest returns the first key that a query sees.
func (t tile) oldest(query int) int {
	if t.window == 0 {
		return t.start
	}
	return max(t.start, query-t.window+1)
}

// queries views the tile's queries.
func (t tile) queries(m heads) blas32.General { return m.view(t.first, t.count, t.head) }

// keys views the tile's keys or values.
func (t tile) keys(m heads) blas32.General {
	return m.view(t.begin, t.first+t.count-t.begin, t.group)
}

// visible returns the range of the tile's keys that its i-th query sees: from the start
// of the window to its own.
func (t tile) visible(i int) (from, to int) {
	query := t.first + i
	return t.oldest(query) - t.begin, query + 1 - t.begin
}

func view(m blas32.General, i, j, rows, cols int) blas32.General {
	begin := i*m.Stride + j
	end := begin + (rows-1)*m.Stride + cols
	return blas32.General{Rows: rows, Cols: cols, Stride: m.Stride, Data: m.Data[begin:end]}
}

func matrixOf(data []float32, rows, cols int) blas32.General {
	return blas32.General{Rows: rows, Cols: cols, Stride: cols, Data: data[:rows*cols]}
}
