package kernel

// The implementation of BLAS that is installed in gonum's blas32.

import (
	"gonum.org/v1/gonum/blas"
	"gonum.org/v1/gonum/blas/gonum"
)

// Implementation is gonum's implementation of BLAS with another Sgemm, which runs on the
// calling goroutine and on goroutines in [Help]. Any number of goroutines may call it.
type Implementation struct {
	gonum.Implementation
	micro *micro // nil means the kernel in use
}

var _ blas.Float32 = Implementation{}

// Sgemm computes C = alpha op(A) op(B) + beta C, where op(A) is m×k, op(B)
// k×n and C m×n, rows first. It panics on bad arguments as gonum does.
//
// If beta is 0, C is not read. If alpha or k is 0, A and B are not read. Otherwise every
// product counts, even one with 0, so that NaN and infinity propagate.
//
// With u = 2⁻²⁴, and barring overflow and underflow, the error of an element
// is to first order at most
//
//	(k+3)u (|alpha| Σ|aᵢₚ||bₚⱼ| + |beta||cᵢⱼ|)
//
// since a term has at most k+3 roundings: the product, at most k sums, the multiplication
// by alpha, and the sum with C.
func (impl Implementation) Sgemm(tA, tB blas.Transpose, m, n, k int, alpha float32, a []float32, lda int,
	b []float32, ldb int, beta float32, c []float32, ldc int) {
	// With alpha 0 and beta 1, gonum only checks the arguments.
	impl.Implementation.Sgemm(tA, tB, m, n, k, 0, a, lda, b, ldb, 1, c, ldc)
	if m == 0 || n == 0 {
		return
	}
	if alpha == 0 || k == 0 {
		scale(c, ldc, m, n, beta)
		return
	}
	kernel := impl.micro
	if kernel == nil {
		kernel = inUse
	}
	gemm{kernel, operand(a, lda, tA), operand(b, ldb, tB), false, c, ldc, m, n, k, alpha, beta}.shared()
}

// scale computes C = beta C.
func scale(c []float32, ldc, m, n int, beta float32) {
	if beta == 1 {
		return
	}
	for i := range m {
		row := c[i*ldc : i*ldc+n]
		if beta == 0 {
			clear(row)
			continue
		}
		for j := range row {
			row[j] *= beta
		}
	}
}
