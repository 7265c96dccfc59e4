package nn

// Frozen weights in bfloat16, for products that read this format.

import (
	"gonum.org/v1/gonum/blas"
	"gonum.org/v1/gonum/blas/blas32"

	"ranksweep/nn/kernel"
)

// halves is a weight in bfloat16, in the two orders in which products read it.
type halves struct {
	forward  *kernel.BF16 // (in, out)
	backward *kernel.BF16 // (out, in)
}

// BF16 rounds the weights of all linear maps and the embedding to bfloat16, and makes the
// maps multiply in it: x and dy are rounded too, and sums are in float32; see
// [kernel.BF16]. Norms, attention and the loss stay in float32. BF16 replaces
// [Model.Pack], and like it must be called before passes share m. A map whose weights
// change goes back to float32.
func (m *Model) BF16() {
	kernel.RoundBF16(m.Embedding.Data)
	for _, l := range append(m.Linears(), m.Head) {
		kernel.RoundBF16(l.Weight.Data)
		l.bf16 = &halves{kernel.NewBF16(l.Weight, blas.Trans), kernel.NewBF16(l.Weight, blas.NoTrans)}
	}
}

// BF16 reports whether the map multiplies in bfloat16.
func (l *Linear) BF16() bool { return l.bf16 != nil }

// Gemm computes C = alpha op(A) op(B) + beta C as blas32.Gemm does, in the arithmetic of the map's own
// products: in float32, or by [kernel.GemmBF16].
func (l *Linear) Gemm(tA, tB blas.Transpose, alpha float32, a, b blas32.General, beta float32, c blas32.General) {
	if l.bf16 != nil {
		kernel.GemmBF16(tA, tB, alpha, a, b, beta, c)
		return
	}
	blas32.Gemm(tA, tB, alpha, a, b, beta, c)
}
