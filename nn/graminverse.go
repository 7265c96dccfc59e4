package nn

// The pseudo-inverse of a Gram matrix, in a form that also makes rows orthonormal.

import (
	"math"

	"gonum.org/v1/gonum/blas/blas32"
	"gonum.org/v1/gonum/blas/blas64"
)

// gramInverse finds E, (n, n), for a positive semidefinite K, (n, n), so that EᵀE is the pseudo-inverse of K.
// If K = YYᵀ, the first rows of EY are orthonormal and span the rows of Y, and the others are zero, as those
// of E are: there are as many as the rank of K lacks to n.
//
// K = NNᵀ by Cholesky's method, which takes the largest of what is left of the diagonal first, and ends where
// that is nothing but rounding. Then E = (NᵀN)⁻¹Nᵀ. All of this is in float64.
type gramInverse struct {
	rows   []float64      // Y, (n, width)
	gram   []float64      // K, (n, n)
	factor []float64      // Nᵀ, (rank, n), and then E
	inner  []float64      // NᵀN, (rank, rank), and then its factor
	left   []float64      // what is left of K's diagonal
	pivots []int          // the rows that were taken, in order
	e      blas32.General // E
}

// newGramInverse makes room for a Y of at most n rows and width columns.
func newGramInverse(arena *Arena, n, width int) *gramInverse {
	return &gramInverse{
		rows: Make[float64](arena, n*width), gram: Make[float64](arena, n*n),
		factor: Make[float64](arena, n*n), inner: Make[float64](arena, n*n),
		left: Make[float64](arena, n), pivots: Make[int](arena, n), e: arena.Matrix(n, n),
	}
}

// ofRows returns E for YYᵀ + δI, and its rank. Y is (n, anything). What is left of the diagonal counts as
// rounding if it is at most least of the largest entry. E lasts until the next call.
func (g *gramInverse) ofRows(y blas32.General, damping, least float64) (e blas32.General, rank int) {
	n, width := y.Rows, y.Cols
	for i := range n {
		for j, v := range row(y, i) {
			g.rows[i*width+j] = float64(v)
		}
		for j := range i + 1 {
			v := dot(g.rows[i*width:][:width], g.rows[j*width:][:width])
			g.gram[i*n+j], g.gram[j*n+i] = v, v
		}
		g.gram[i*n+i] += damping
	}
	rank = g.decompose(n, least)
	g.invert(n, rank)
	g.e = blas32.General{Rows: n, Cols: n, Stride: n, Data: g.e.Data[:n*n]}
	for i, v := range g.factor[:rank*n] {
		g.e.Data[i] = float32(v)
	}
	clear(g.e.Data[rank*n:])
	return g.e, rank
}

// decompose computes the rows of Nᵀ and returns their number.
func (g *gramInverse) decompose(n int, least float64) int {
	for i := range n {
		g.left[i] = g.gram[i*n+i]
	}
	first := 0.0
	for k := range n {
		p := largest(g.left[:n])
		first = max(first, g.left[p])
		if !(g.left[p] > least*first) {
			return k
		}
		g.pivots[k] = p
		v, pivot := g.factor[k*n:][:n], math.Sqrt(g.left[p])
		copy(v, g.gram[p*n:])
		for j := range k {
			add(v, -g.factor[j*n+p], g.factor[j*n:][:n])
		}
		for i := range v {
			v[i] /= pivot
			g.left[i] -= v[i] * v[i]
		}
		for _, taken := range g.pivots[:k] {
			v[taken] = 0
		}
		v[p] = pivot
		g.left[p] = math.Inf(-1)
	}
	return n
}

// invert replaces Nᵀ by (NᵀN)⁻¹Nᵀ.
func (g *gramInverse) invert(n, rank int) {
	at := func(i int) []float64 { return g.factor[i*n:][:n] }
	l := func(i, j int) float64 { return g.inner[i*rank+j] }
	for i := range rank {
		for j := range i + 1 {
			g.inner[i*rank+j] = dot(at(i), at(j)) - dot(g.inner[i*rank:][:j], g.inner[j*rank:][:j])
			if j < i {
				g.inner[i*rank+j] /= l(j, j)
			}
		}
		g.inner[i*rank+i] = math.Sqrt(l(i, i))
	}
	for i := range rank {
		for j := range i {
			add(at(i), -l(i, j), at(j))
		}
		divide(at(i), l(i, i))
	}
	for i := rank - 1; i >= 0; i-- {
		for j := i + 1; j < rank; j++ {
			add(at(i), -l(j, i), at(j))
		}
		divide(at(i), l(i, i))
	}
}

// largest returns the place of the largest entry.
func largest(x []float64) (at int) {
	for i, v := range x {
		if v > x[at] {
			at = i
		}
	}
	return at
}

// add adds a·x to y.
func add(y []float64, a float64, x []float64) { blas64.Axpy(a, vector(x), vector(y)) }

func dot(x, y []float64) float64 { return blas64.Dot(vector(x), vector(y)) }

func divide(x []float64, by float64) {
	for i := range x {
		x[i] /= by
	}
}

func vector(x []float64) blas64.Vector { return blas64.Vector{N: len(x), Inc: 1, Data: x} }
