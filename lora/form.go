package lora

import (
	"gonum.org/v1/gonum/blas"
	"gonum.org/v1/gonum/blas/blas32"

	"ranksweep/nn"
)

// MergedIsCheaper reports whether the merged form of an adapted map costs
// less than the factored form for batches of the given number of tokens. It compares
// the floating-point operations of forward and backward together:
//
//	factored  y = xWᵀ + γ(xAᵀ)Bᵀ                   4·T·m·n + 6·T·r(m+n)
//	merged    y = x(W+γBA)ᵀ, dB = γ dW Aᵀ, …       6·T·m·n + 6·r·m·n
//
// The choice depends only on shapes, so that every run of a config takes the same form
// on every machine.
func MergedIsCheaper(tokens, rank, out, in int) bool {
	t, r, m, n := float64(tokens), float64(rank), float64(out), float64(in)
	return 6*t*m*n+6*r*m*n < 4*t*m*n+6*t*r*(m+n)
}

// factored computes the adapter beside the frozen map. It keeps u = x̃Aᵀ, (N, r), for
// Backward; x̃ is x after dropout.
type factored struct {
	*Adapter
	u       blas32.General // (N, r)
	du      blas32.General // (N, r), shared by a run's adapters
	dropout *dropout       // nil for none
}

// Forward computes y = x Wᵀ + γ u Bᵀ with u = x̃ Aᵀ.
func (f *factored) Forward(y, x blas32.General) {
	f.Base.Forward(y, x)
	if f.dropout != nil {
		x = f.dropout.forward(x)
	}
	u := head(f.u, x.Rows)
	blas32.Gemm(blas.NoTrans, blas.Trans, 1, x, f.A, 0, u)
	blas32.Gemm(blas.NoTrans, blas.Trans, f.gamma, u, f.B, 1, y)
}

// Backward computes the gradients of y = x Wᵀ + γ u Bᵀ with u = x̃ Aᵀ:
//
//	du = γ dy B,  dB += γ dyᵀ u,  dA += duᵀ x̃,  dx += dy W + du A
func (f *factored) Backward(dx, dy, x blas32.General) {
	u, du := head(f.u, x.Rows), head(f.du, x.Rows)
	if f.dropout != nil {
		x = head(f.dropout.x, x.Rows)
	}
	blas32.Gemm(blas.NoTrans, blas.NoTrans, f.gamma, dy, f.B, 0, du)
	blas32.Gemm(blas.Trans, blas.NoTrans, f.gamma, dy, u, 1, f.dB)
	if !f.fixedA() {
		blas32.Gemm(blas.Trans, blas.NoTrans, 1, du, x, 1, f.dA)
	}
	if dx.Rows == 0 {
		return
	}
	f.Base.Backward(dx, dy)
	if f.dropout != nil {
		f.dropout.backward(dx, du, f.A)
		return
	}
	blas32.Gemm(blas.NoTrans, blas.NoTrans, 1, du, f.A, 1, dx)
}

// merged computes the adapted map as one matrix, which is made anew after every update.
// It works out the gradients of A and B from the gradient of that matrix.
type merged struct {
	*Adapter
	weight *nn.Linear     // W + γBA
	dW     blas32.General // (out, in), shared by a run's adapters of that shape
}

// Forward computes y = x (W + γBA)ᵀ.
func (f *merged) Forward(y, x blas32.General) {
	f.refresh()
	f.weight.Forward(y, x)
}

// refresh forms W + γBA anew if A or B have changed.
func (f *merged) refresh() {
	if f.stale {
		f.addUp(f.weight.Weight)
		f.stale = false
	}
}

// Backward computes the gradients of y = x (W + γBA)ᵀ:
//
//	dW = dyᵀ x,  dB += γ dW Aᵀ,  dA += γ Bᵀ dW,  dx += dy (W + γBA)
func (f *merged) Backward(dx, dy, x blas32.General) {
	blas32.Gemm(blas.Trans, blas.NoTrans, 1, dy, x, 0, f.dW)
	blas32.Gemm(blas.NoTrans, blas.Trans, f.gamma, f.dW, f.A, 1, f.dB)
	if !f.fixedA() {
		blas32.Gemm(blas.Trans, blas.NoTrans, f.gamma, f.B, f.dW, 1, f.dA)
	}
	if dx.Rows > 0 {
		f.weight.Backward(dx, dy)
	}
}

// head returns the first n rows of m.
func head(m blas32.General, n int) blas32.General {
	m.Rows = n
	m.Data = m.Data[:n*m.Stride]
	return m
}
