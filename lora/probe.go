package lora

import (
	"gonum.org/v1/gonum/blas"
	"gonum.org/v1/gonum/blas/blas32"

	"ranksweep/nn"
)

// probeBlock is how many rows of a probe batch are measured at once.
const probeBlock = 64

// Probed is what was measured of one adapter on a probe batch: the two sides of the
// paper's definition 3.1, and the map's output, which its appendix B.7 plots.
type Probed struct {
	Output  nn.Squares // entries of γBAx, the adapter's output
	Map     nn.Squares // entries of (W + γBA)x, plus the bias if there is one: the adapted map's output
	InputDX nn.Squares // entries of γAᵀBᵀv, the gradient of its input; v is the gradient of its output
}

// probe computes and measures the adapter separately from the frozen map, in blocks of
// rows. It computes no gradients of A and B.
type probe struct {
	*Adapter
	seen Probed
	u    blas32.General // (probeBlock, r)
	wide []float32      // (probeBlock, max(out, in))
}

// Forward computes y = x Wᵀ + γ(xAᵀ)Bᵀ and measures the second term and the sum.
func (f *probe) Forward(y, x blas32.General) {
	f.Base.Forward(y, x)
	f.each(x.Rows, func(at, n int) {
		u, z := head(f.u, n), f.block(n, f.Base.Out())
		blas32.Gemm(blas.NoTrans, blas.Trans, 1, rows(x, at, n), f.A, 0, u)
		blas32.Gemm(blas.NoTrans, blas.Trans, f.gamma, u, f.B, 0, z)
		f.seen.Output.Add(z.Data)
		whole := rows(y, at, n).Data
		add(whole, z.Data)
		f.seen.Map.Add(whole)
	})
}

// Backward computes dx += dy W + γ(dy B)A and measures the second term.
func (f *probe) Backward(dx, dy, _ blas32.General) {
	if dx.Rows > 0 {
		f.Base.Backward(dx, dy)
	}
	f.each(dy.Rows, func(at, n int) {
		u, z := head(f.u, n), f.block(n, f.Base.In())
		blas32.Gemm(blas.NoTrans, blas.NoTrans, 1, rows(dy, at, n), f.B, 0, u)
		blas32.Gemm(blas.NoTrans, blas.NoTrans, f.gamma, u, f.A, 0, z)
		f.seen.InputDX.Add(z.Data)
		if dx.Rows > 0 {
			add(rows(dx, at, n).Data, z.Data)
		}
	})
}

func (f *probe) each(total int, do func(at, n int)) {
	for at := 0; at < total; at += probeBlock {
		do(at, min(probeBlock, total-at))
	}
}

func (f *probe) block(n, cols int) blas32.General {
	return blas32.General{Rows: n, Cols: cols, Stride: cols, Data: f.wide[:n*cols]}
}

func rows(m blas32.General, at, n int) blas32.General {
	m.Data = m.Data[at*m.Stride:]
	return head(m, n)
}

func add(dst, src []float32) {
	for i, v := range src {
		dst[i] += v
	}
}
