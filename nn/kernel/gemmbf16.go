package kernel

// Products of two matrices of float32 that are rounded to bfloat16.

import (
	"gonum.org/v1/gonum/blas"
	"gonum.org/v1/gonum/blas/blas32"
	"gonum.org/v1/gonum/blas/gonum"
)

// GemmBF16 computes C = alpha op(A) op(B) + beta C as blas32.Gemm does, but with the arithmetic of
// a [BF16]: it rounds the elements of A and B to bfloat16 and sums in float32. It gives the bytes of
// a product by NewBF16(b, tB). It runs on the calling goroutine and on goroutines in [Help], and
// panics on bad arguments as gonum does.
//
// The error of an element is at most that of a [BF16] times |alpha|, and to first order
// 3u (|alpha| Σ|aᵢₚ||bₚⱼ| + |beta||cᵢⱼ|) more, from the products with alpha and beta and their sum.
func GemmBF16(tA, tB blas.Transpose, alpha float32, a, b blas32.General, beta float32, c blas32.General) {
	inUse.bf16.gemmBF16(tA, tB, alpha, a, b, beta, c)
}

func (u *micro) gemmBF16(tA, tB blas.Transpose, alpha float32, a, b blas32.General, beta float32, c blas32.General) {
	m, n, k := c.Rows, c.Cols, a.Cols
	if tA != blas.NoTrans {
		k = a.Rows
	}
	// With alpha 0 and beta 1, gonum only checks the arguments.
	gonum.Implementation{}.Sgemm(tA, tB, m, n, k, 0, a.Data, a.Stride, b.Data, b.Stride, 1, c.Data, c.Stride)
	switch {
	case m == 0 || n == 0:
	case alpha == 0 || k == 0:
		scale(c.Data, c.Stride, m, n, beta)
	default:
		gemm{u, operand(a.Data, a.Stride, tA), operand(b.Data, b.Stride, tB), true, c.Data, c.Stride, m, n, k, alpha,
			beta}.shared()
	}
}

// roundedBlock makes a block of pairs from k rows of a B in float32.
func (u *micro) roundedBlock(b matrix, k, n int, buf *buffers) block {
	wide, steps := u.widest(), (k+1)/2
	blk := block{k: steps, n: n, panels: matrix{buf.b[:], wide, 1}, step: steps * wide}
	for j := 0; j < n; j += wide {
		blk.last = u.packPairs(buf.b[j*steps:], b.from(0, j), k, min(wide, n-j), buf.words[:])
	}
	return blk
}

// packPairs rounds the first k×cols elements of b to a panel of pairs in dst, filled with zeros to the width of the
// tile that holds it. words is memory for pairs that are still to be transposed.
func (u *micro) packPairs(dst []float32, b matrix, k, cols int, words []float32) matrix {
	width := u.fit(cols)
	if b.cs == 1 {
		u.pairRows(k, cols, width, dst, b.data, b.rs)
		return matrix{dst, width, 1}
	}
	for j := range cols {
		u.roundPairs(words[j*spreadStride:][:(k+1)/2], b.data[j*b.cs:][:k])
	}
	return u.pack(dst, matrix{words, 1, spreadStride}, (k+1)/2, cols)
}
