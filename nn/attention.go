package nn

// Causal self-attention, forward and backward, a block of queries at a time.

import (
	"cmp"
	"iter"
	"math"
	"sync"

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
	config Config
	scale  float32
	mu     sync.Mutex
	free   []*scores // that nobody uses; the first is the run's own
}

// scores is memory for the scores of one block of queries.
type scores struct {
	p, dp []float32 // (queryBlock, context) scores and their gradient
	cap   softcap
}

func newScores(arena *Arena, c Config) *scores {
	return &scores{
		cap: newSoftcap(arena, c.ScoreCap, c.Context),
		p:   arena.Floats(queryBlock * c.Context), dp: arena.Floats(queryBlock * c.Context),
	}
}

func newAttention(arena *Arena, c Config) attention {
	return attention{
		config: c, scale: float32(1 / math.Sqrt(cmp.Or(c.QueryScale, float64(c.HeadDim)))),
		free: []*scores{newScores(arena, c)},
	}
}

// take returns memory for scores. A core that helps while the run's own is in use gets some that is kept.
func (a *attention) take() *scores {
	a.mu.Lock()
	defer a.mu.Unlock()
	last := len(a.free) - 1
	if last < 0 {
		return newScores(new(Arena), a.config)
	}
	s := a.free[last]
	a.free = a.free[:last]
	return s
}

func (a *attention) put(s *scores) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.free = append(a.free, s)
}

// worth returns how many heads of one sequence are worth handing to another core, if sequences have the lengths of
// starts.
func (a *attention) worth(starts []int) int {
	if len(starts) < 2 {
		return 1
	}
	multiplications := leastShared << 6
	length := starts[len(starts)-1]/(len(starts)-1) + 1
	return 1 + multiplications/(length*length*a.config.HeadDim)
}

// attentionForward computes att, (N, H·D), from the q, k and v in in, and the log-sum-exp of each
// softmax, lse (N, H). A window of 0 means no window. Its items are the query heads of each sequence.
type attentionForward struct {
	*attention
	att    heads
	lse    []float32
	in     *projection
	starts []int
	window int
}

// items returns the number of items.
func (a *attentionForward) items() int { return (len(a.starts) - 1) * a.config.Heads }

// Do computes some heads.
func (a *attentionForward) Do(from, to int) {
	s := a.take()
	defer a.put(s)
	for item := from; item < to; item++ {
		for t := range tilesOf(a.config, a.starts, item/a.config.Heads, item%a.config.Heads, a.window) {
			a.tile(t, s)
		}
	}
}

func (a *attentionForward) tile(t tile, s *scores) {
	qb, kb, vb := t.queries(a.in.q), t.keys(a.in.k), t.keys(a.in.v)
	p := matrixOf(s.p, qb.Rows, kb.Rows)
	blas32.Gemm(blas.NoTrans, blas.Trans, a.scale, qb, kb, 0, p)
	for i := range p.Rows {
		from, to := t.visible(i)
		s.cap.forward(row(p, i)[from:to])
		a.lse[(t.first+i)*a.config.Heads+t.head] = softmax(row(p, i), from, to)
	}
	blas32.Gemm(blas.NoTrans, blas.NoTrans, 1, p, vb, 0, t.queries(a.att))
}

// attentionBackward adds to d, the gradients of q, k and v, what follows from datt. It computes P again, from
// lse:
//
//	dV += Pᵀ dAtt,  dP = dAtt Vᵀ,  dS = P ∘ (dP − rowsum(dAtt ∘ att))
//	dQ = dS K/√D,  dK += dSᵀ Q/√D
//
// Its items are the key/value heads of each sequence, since the query heads of one add to the same dK and dV.
type attentionBackward struct {
	attentionForward
	d    *projection
	datt heads
}

// items returns the number of items.
func (a *attentionBackward) items() int { return (len(a.starts) - 1) * a.config.KVHeads }

// Do computes what some key/value heads and their query heads get.
func (a *attentionBackward) Do(from, to int) {
	s := a.take()
	defer a.put(s)
	c := a.config
	for item := from; item < to; item++ {
		for h := range c.Heads {
			if group(c, h) != item%c.KVHeads {
				continue
			}
			for t := range tilesOf(c, a.starts, item/c.KVHeads, h, a.window) {
				a.tile(t, s)
			}
		}
	}
}

func (a *attentionBackward) tile(t tile, s *scores) {
	qb, kb, vb, dout := t.queries(a.in.q), t.keys(a.in.k), t.keys(a.in.v), t.queries(a.datt)
	p, dp := matrixOf(s.p, qb.Rows, kb.Rows), matrixOf(s.dp, qb.Rows, kb.Rows)
	blas32.Gemm(blas.NoTrans, blas.Trans, a.scale, qb, kb, 0, p)
	blas32.Gemm(blas.NoTrans, blas.Trans, 1, dout, vb, 0, dp)
	out := t.queries(a.att)
	for i := range p.Rows {
		delta := kernel.Dot(row(dout, i), row(out, i))
		from, to := t.visible(i)
		s.cap.forward(row(p, i)[from:to])
		s.cap.keep(row(p, i)[from:to])
		softmaxBackward(row(p, i), row(dp, i), from, to, a.lse[(t.first+i)*a.config.Heads+t.head], delta)
		s.cap.backward(row(dp, i)[from:to])
	}
	blas32.Gemm(blas.Trans, blas.NoTrans, 1, p, dout, 1, t.keys(a.d.v))
	blas32.Gemm(blas.NoTrans, blas.NoTrans, a.scale, dp, kb, 0, t.queries(a.d.q))
	blas32.Gemm(blas.Trans, blas.NoTrans, a.scale, dp, qb, 1, t.keys(a.d.k))
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

// tilesOf yields the tiles of one query head in one sequence, in order.
func tilesOf(c Config, starts []int, sequence, head, window int) iter.Seq[tile] {
	start, end := starts[sequence], starts[sequence+1]
	return func(yield func(tile) bool) {
		for first := start; first < end; first += queryBlock {
			t := tile{start: start, first: first, count: min(queryBlock, end-first), window: window, head: head,
				group: group(c, head)}
			t.begin = t.oldest(first)
			if !yield(t) {
				return
			}
		}
	}
}

// group returns the key/value head of a query head.
func group(c Config, head int) int { return head * c.KVHeads / c.Heads }

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
