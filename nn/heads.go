package nn

// Views of the heads in a matrix of queries, keys or values.

import "gonum.org/v1/gonum/blas/blas32"

// heads is a view of the queries, keys or values of a batch in a map's output.
type heads struct {
	blas32.General     // (N, anything)
	first          int // column at which head 0 begins
	spacing        int // columns from one head to the next
	count, dim     int // number of heads, and D
}

// head returns the channels of a head at one position.
func (h heads) head(i, head int) []float32 {
	return row(h.General, i)[h.first+head*h.spacing:][:h.dim]
}

// view returns some rows of one head as a matrix, (rows, D).
func (h heads) view(first, rows, head int) blas32.General {
	return view(h.General, first, h.first+head*h.spacing, rows, h.dim)
}

// projection holds the outputs of the maps that give q, k and v, or their gradients.
type projection struct {
	outputs []blas32.General // of the maps, in order
	q, k, v heads            // views of outputs
}

func newProjection(arena *Arena, c Config, tokens int) projection {
	h, k, d := c.Heads, c.KVHeads, c.HeadDim
	if c.FusedQKV == Unfused {
		q, key, value := arena.Matrix(tokens, h*d), arena.Matrix(tokens, k*d), arena.Matrix(tokens, k*d)
		return projection{
			[]blas32.General{q, key, value},
			heads{q, 0, d, h, d}, heads{key, 0, d, k, d}, heads{value, 0, d, k, d},
		}
	}
	all := arena.Matrix(tokens, (h+2*k)*d)
	p := projection{outputs: []blas32.General{all}}
	if c.FusedQKV == ByHead {
		p.q, p.k, p.v = heads{all, 0, 3 * d, h, d}, heads{all, d, 3 * d, k, d}, heads{all, 2 * d, 3 * d, k, d}
	} else {
		p.q, p.k, p.v = heads{all, 0, d, h, d}, heads{all, h * d, d, k, d}, heads{all, (h + k) * d, d, k, d}
	}
	return p
}

// clear zeroes the rows of n tokens.
func (p projection) clear(n int) {
	for _, m := range p.outputs {
		clear(m.Data[:n*m.Stride])
	}
}
