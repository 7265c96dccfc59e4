package lora

import (
	"gonum.org/v1/gonum/blas"
	"gonum.org/v1/gonum/blas/blas32"
)

// product is the product LR of two arrays that train, (m, r) and (r, n).
type product struct{ left, right array }

// compute computes LR into dst, (m, n).
func (p product) compute(dst blas32.General) {
	blas32.Gemm(blas.NoTrans, blas.NoTrans, 1, p.left.value(), p.right.value(), 0, dst)
}

// backward takes the gradient d of LR, (m, n), and computes dL += d Rᵀ and dR += Lᵀ d.
func (p product) backward(d blas32.General) {
	blas32.Gemm(blas.NoTrans, blas.Trans, 1, d, p.right.value(), 1, p.left.grad())
	blas32.Gemm(blas.Trans, blas.NoTrans, 1, p.left.value(), d, 1, p.right.grad())
}
