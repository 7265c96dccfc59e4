package nn

// Cholesky factors of positive definite matrices, and the products with their inverses.

import (
	"math"

	"gonum.org/v1/gonum/blas"
	"gonum.org/v1/gonum/blas/blas32"
)

// choleskyBlock is how many rows and columns are worked on at once. All but a part of 1/(2n/block) of the
// work on an (n, n) matrix is then in products of matrices.
const choleskyBlock = 64

// cholesky holds the factor L of a positive definite matrix M = L Lᵀ, (n, n), in float32. The blocks on L's
// diagonal are kept as their inverses.
type cholesky struct {
	l       blas32.General // (n, n), of which what is above the diagonal is not used
	inverse []float32      // (n, choleskyBlock) the inverses of the diagonal blocks
	spare   []float32      // (choleskyBlock, widest matrix that is solved for)
}

// newCholesky makes room for matrices of at most n rows, and for right sides of at most width columns.
func newCholesky(arena *Arena, n, width int) *cholesky {
	return &cholesky{
		l: arena.Matrix(n, n), inverse: arena.Floats(n * choleskyBlock),
		spare: arena.Floats(choleskyBlock * max(n, width)),
	}
}

// of returns the place for a matrix of n rows, in which factor expects M.
func (c *cholesky) of(n int) blas32.General {
	c.l = blas32.General{Rows: n, Cols: n, Stride: n, Data: c.l.Data[:n*n]}
	return c.l
}

// factor replaces M by L. least is known to be at most the least eigenvalue of M: the square of an entry on
// L's diagonal that is less is only rounded to be so.
func (c *cholesky) factor(least float64) {
	for at := 0; at < c.l.Rows; at += choleskyBlock {
		end := min(at+choleskyBlock, c.l.Rows)
		column := part(c.l, at, c.l.Rows, at, end)
		blas32.Gemm(blas.NoTrans, blas.Trans, -1, part(c.l, at, c.l.Rows, 0, at), part(c.l, at, end, 0, at), 1, column)
		diagonal, inverse := part(c.l, at, end, at, end), c.inverseOf(at)
		root(diagonal, least)
		invert(inverse, diagonal)
		for below := end; below < c.l.Rows; below += choleskyBlock {
			c.times(part(c.l, below, min(below+choleskyBlock, c.l.Rows), at, end), inverse, blas.Trans)
		}
	}
}

// left replaces X by M⁻¹X, (n, anything).
func (c *cholesky) left(x blas32.General) {
	n := c.l.Rows
	for at := 0; at < n; at += choleskyBlock {
		end := min(at+choleskyBlock, n)
		rows := part(x, at, end, 0, x.Cols)
		blas32.Gemm(blas.NoTrans, blas.NoTrans, -1, part(c.l, at, end, 0, at), part(x, 0, at, 0, x.Cols), 1, rows)
		c.under(c.inverseOf(at), blas.NoTrans, rows)
	}
	for at := (n - 1) / choleskyBlock * choleskyBlock; at >= 0; at -= choleskyBlock {
		end := min(at+choleskyBlock, n)
		rows := part(x, at, end, 0, x.Cols)
		blas32.Gemm(blas.Trans, blas.NoTrans, -1, part(c.l, end, n, at, end), part(x, end, n, 0, x.Cols), 1, rows)
		c.under(c.inverseOf(at), blas.Trans, rows)
	}
}

// right replaces X by XM⁻¹, (anything, n).
func (c *cholesky) right(x blas32.General) {
	n := c.l.Rows
	for at := 0; at < n; at += choleskyBlock {
		end := min(at+choleskyBlock, n)
		cols := part(x, 0, x.Rows, at, end)
		blas32.Gemm(blas.NoTrans, blas.Trans, -1, part(x, 0, x.Rows, 0, at), part(c.l, at, end, 0, at), 1, cols)
		c.eachTimes(cols, c.inverseOf(at), blas.Trans)
	}
	for at := (n - 1) / choleskyBlock * choleskyBlock; at >= 0; at -= choleskyBlock {
		end := min(at+choleskyBlock, n)
		cols := part(x, 0, x.Rows, at, end)
		blas32.Gemm(blas.NoTrans, blas.NoTrans, -1, part(x, 0, x.Rows, end, n), part(c.l, end, n, at, end), 1, cols)
		c.eachTimes(cols, c.inverseOf(at), blas.NoTrans)
	}
}

// factorFlops counts the operations of factor's products, for n rows.
func factorFlops(n int) (sum float64) {
	for at := 0; at < n; at += choleskyBlock {
		size := min(choleskyBlock, n-at)
		sum += 2*float64(size)*float64(n-at)*float64(at) + 2*float64(size)*float64(size)*float64(n-at-size)
	}
	return sum
}

// solveFlops counts those of left for a width of columns, or of right for as many rows.
func solveFlops(n, width int) (sum float64) {
	for at := 0; at < n; at += choleskyBlock {
		size := min(choleskyBlock, n-at)
		sum += 2 * float64(size) * float64(n+size) * float64(width)
	}
	return sum
}

// inverseOf is the place of the inverse of the diagonal block that begins at a row.
func (c *cholesky) inverseOf(at int) blas32.General {
	n := min(choleskyBlock, c.l.Rows-at)
	return blas32.General{Rows: n, Cols: n, Stride: n, Data: c.inverse[at*choleskyBlock:][:n*n]}
}

// under replaces X by TX, or TᵀX, for the inverse T of a diagonal block.
func (c *cholesky) under(t blas32.General, transposed blas.Transpose, x blas32.General) {
	product := matrixOf(c.spare, x.Rows, x.Cols)
	blas32.Gemm(transposed, blas.NoTrans, 1, t, x, 0, product)
	copyMatrix(x, product)
}

// eachTimes is times for matrices of any number of rows.
func (c *cholesky) eachTimes(x, t blas32.General, transposed blas.Transpose) {
	for at := 0; at < x.Rows; at += choleskyBlock {
		c.times(part(x, at, min(at+choleskyBlock, x.Rows), 0, x.Cols), t, transposed)
	}
}

// times replaces X, of at most choleskyBlock rows, by XT or XTᵀ, for the inverse T of a diagonal block.
func (c *cholesky) times(x, t blas32.General, transposed blas.Transpose) {
	product := matrixOf(c.spare, x.Rows, x.Cols)
	blas32.Gemm(blas.NoTrans, transposed, 1, x, t, 0, product)
	copyMatrix(x, product)
}

// root replaces the lower half of a small matrix by its factor.
func root(m blas32.General, least float64) {
	for j := range m.Rows {
		pivot := row(m, j)
		for i := j; i < m.Rows; i++ {
			r := row(m, i)
			sum := float64(r[j])
			for k, v := range pivot[:j] {
				sum -= float64(r[k]) * float64(v)
			}
			if i == j {
				r[j] = float32(math.Sqrt(max(sum, least)))
			} else {
				r[j] = float32(sum / float64(pivot[j]))
			}
		}
	}
}

// invert computes the inverse of a small lower triangular matrix into dst.
func invert(dst, l blas32.General) {
	clear(dst.Data)
	for j := range l.Rows {
		for i := j; i < l.Rows; i++ {
			sum := 0.0
			if i == j {
				sum = 1
			}
			for k := j; k < i; k++ {
				sum -= float64(row(l, i)[k]) * float64(row(dst, k)[j])
			}
			row(dst, i)[j] = float32(sum / float64(row(l, i)[i]))
		}
	}
}

// part returns rows and columns of a matrix, sharing its memory.
func part(m blas32.General, row, rowEnd, col, colEnd int) blas32.General {
	p := blas32.General{Rows: rowEnd - row, Cols: colEnd - col, Stride: m.Stride}
	if p.Rows > 0 {
		p.Data = m.Data[row*m.Stride+col:][:(p.Rows-1)*m.Stride+p.Cols]
	}
	return p
}

func copyMatrix(dst, src blas32.General) {
	for i := range dst.Rows {
		copy(row(dst, i), row(src, i))
	}
}
