package nn

// Eigenvalues of symmetric matrices.

import (
	"gonum.org/v1/gonum/blas"
	"gonum.org/v1/gonum/blas/blas32"
	"gonum.org/v1/gonum/lapack/gonum"
)

// eigenvalues computes those of symmetric matrices in float64, by reflections to a tridiagonal matrix and its QL
// iteration. It takes the parts of gonum's routine that allocate nothing.
type eigenvalues struct {
	matrix, beside, tau []float64
}

// newEigenvalues makes room for matrices of at most n rows.
func newEigenvalues(arena *Arena, n int) eigenvalues {
	return eigenvalues{
		Make[float64](arena, n*n), Make[float64](arena, n), Make[float64](arena, n),
	}
}

// of returns the eigenvalues of m, which has the rows adjacent, in rising order, in dst.
func (e eigenvalues) of(dst []float64, m blas32.General) {
	n := m.Rows
	for i, v := range m.Data[:n*n] {
		e.matrix[i] = float64(v)
	}
	gonum.Implementation{}.Dsytd2(blas.Lower, n, e.matrix[:n*n], n, dst[:n], e.beside[:n-1], e.tau[:n-1])
	gonum.Implementation{}.Dsterf(n, dst[:n], e.beside[:n-1])
}
