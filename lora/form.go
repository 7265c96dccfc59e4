package lora

import (
	"gonum.org/v1/gonum/blas"
	"gonum.org/v1/gonum/blas/blas32"

	"ranksweep/nn"
	"ranksweep/nn/kernel"
)

// MergedIsCheaper reports whether the merged form of an adapted map costs
// less than the factored form for batches of the given number of tokens. It compares
// the floating-point operations of forward and backward together:
//
//	factored  y = xWᵀ + γ(xAᵀ)Bᵀ                   4·T·m·n + 6·T·r(m+n)
//	merged    y = x(W+γBA)ᵀ, dB = γ dW Aᵀ, …       6·T·m·n + 6·r·m·n
//	beside    y = xWᵀ + x(γBA)ᵀ, dB = γ dW Aᵀ, …   8·T·m·n + 6·r·m·n
//
// A map in bfloat16, where each of these operations costs about half, is [beside] where
// one in float32 is merged.
//
// The choice depends only on shapes, so that every run of a config takes the same form
// on every machine.
func MergedIsCheaper(tokens, rank int, l *nn.Linear) bool {
	t, r := float64(tokens), float64(rank)
	return mergedFlops(t, r, l) < factoredFlops(t, r, l)
}

// mergedFlops counts the operations of the merged form in addition to the frozen map's.
func mergedFlops(tokens, rank float64, l *nn.Linear) float64 {
	products := 2.
	if l.BF16() {
		products = 4
	}
	return (products*tokens + 6*rank) * float64(l.Out()) * float64(l.In())
}

// factoredFlops counts those of the factored form.
func factoredFlops(tokens, rank float64, l *nn.Linear) float64 {
	return 6 * tokens * rank * float64(l.Out()+l.In())
}

// factored computes the adapter beside the frozen map. It keeps u = x̃Aᵀ, (N, r), for
// Backward; x̃ is x after dropout. Its products are in the arithmetic of the frozen map's.
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
	f.Base.Gemm(blas.NoTrans, blas.Trans, 1, x, f.A, 0, u)
	f.Base.Gemm(blas.NoTrans, blas.Trans, f.gamma, u, f.B, 1, y)
}

// Backward computes the gradients of y = x Wᵀ + γ u Bᵀ with u = x̃ Aᵀ:
//
//	du = γ dy B,  dB += γ dyᵀ u,  dA += duᵀ x̃,  dx += dy W + du A
func (f *factored) Backward(dx, dy, x blas32.General) {
	u, du := head(f.u, x.Rows), head(f.du, x.Rows)
	if f.dropout != nil {
		x = head(f.dropout.x, x.Rows)
	}
	f.Base.Gemm(blas.NoTrans, blas.NoTrans, f.gamma, dy, f.B, 0, du)
	f.Base.Gemm(blas.Trans, blas.NoTrans, f.gamma, dy, u, 1, f.dB)
	if !f.fixedA() {
		f.Base.Gemm(blas.Trans, blas.NoTrans, 1, du, x, 1, f.dA)
	}
	if dx.Rows == 0 {
		return
	}
	f.Base.Backward(dx, dy)
	if f.dropout != nil {
		f.dropout.backward(f.Base, dx, du, f.A)
		return
	}
	f.Base.Gemm(blas.NoTrans, blas.NoTrans, 1, du, f.A, 1, dx)
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
	f.gradients(dy, x, f.dW)
	if dx.Rows > 0 {
		f.weight.Backward(dx, dy)
	}
}

// gradients computes dW = dyᵀ x and adds the gradients of A and B that follow from it.
func (a *Adapter) gradients(dy, x, dW blas32.General) {
	a.Base.Gemm(blas.Trans, blas.NoTrans, 1, dy, x, 0, dW)
	a.Base.Gemm(blas.NoTrans, blas.Trans, a.gamma, dW, a.A, 1, a.dB)
	if !a.fixedA() {
		a.Base.Gemm(blas.Trans, blas.NoTrans, a.gamma, a.B, dW, 1, a.dA)
	}
}

// beside is the merged form for a map in bfloat16. W + γBA rounded to bfloat16 would lose what B learns first. So γBA
// has a product of its own, and digits of its own, wherever the map's function is computed:
//
//	y = xWᵀ + x(γBA)ᵀ
//
// The gradient of x is no such function: there W + γBA is rounded, which changes it no more than the rounding of dy.
type beside struct {
	*Adapter
	delta blas32.General // γBA, (out, in)
	sums  blas32.General // (out, in), as dW is shared by a run's adapters of that shape
}

// Forward computes y = xWᵀ + x(γBA)ᵀ.
func (f *beside) Forward(y, x blas32.General) {
	f.refresh()
	f.Base.Forward(y, x)
	f.Base.Gemm(blas.NoTrans, blas.Trans, 1, x, f.delta, 1, y)
}

// refresh computes γBA anew if A or B have changed.
func (f *beside) refresh() {
	if f.stale {
		f.Base.Gemm(blas.NoTrans, blas.NoTrans, f.gamma, f.B, f.A, 0, f.delta)
		f.stale = false
	}
}

// Backward computes the gradients as those of y = x (W + γBA)ᵀ; see [merged.Backward].
func (f *beside) Backward(dx, dy, x blas32.General) {
	f.gradients(dy, x, f.sums)
	if dx.Rows > 0 {
		f.Base.Gemm(blas.NoTrans, blas.NoTrans, 1, dy, f.whole(f.sums), 1, dx)
	}
}

// whole computes W + γBA into dst, (out, in).
func (f *beside) whole(dst blas32.General) blas32.General {
	f.refresh()
	f.Base.Values(dst.Data)
	kernel.Add(dst.Data, f.delta.Data)
	return dst
}

// head returns the first n rows of m.
func head(m blas32.General, n int) blas32.General {
	m.Rows = n
	m.Data = m.Data[:n*m.Stride]
	return m
}
