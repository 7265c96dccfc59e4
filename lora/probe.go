package lora

import (
	"iter"

	"gonum.org/v1/gonum/blas"
	"gonum.org/v1/gonum/blas/blas32"

	"ranksweep/nn"
	"ranksweep/nn/kernel"
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
// rows. It sums squares by probeBlock rows, whatever its blocks are. It computes no gradients of A and B.
type probe struct {
	*Adapter
	seen Probed
	u    blas32.General // (probeBlock, r)
	wide []float32      // (probeBlock, max(out, in))
}

// Forward computes y = x Wᵀ + γ(xAᵀ)Bᵀ and measures the second term and the sum.
func (f *probe) Forward(y, x blas32.General) {
	f.Base.Forward(y, x)
	for at, z := range f.blocks(x.Rows, f.Base.Out()) {
		for i, k := range kernel.Depths(f.Rank()) {
			u := f.part(z.Rows, k)
			blas32.Gemm(blas.NoTrans, blas.Trans, 1, rows(x, at, z.Rows), rows(f.A, i, k), 0, u)
			blas32.Gemm(blas.NoTrans, blas.Trans, f.gamma, u, columns(f.B, i, k), soFar(i), z)
		}
		for i := 0; i < z.Rows; i += probeBlock {
			n := min(probeBlock, z.Rows-i)
			own, whole := rows(z, i, n).Data, rows(y, at+i, n).Data
			f.seen.Output.Add(own)
			kernel.Add(whole, own)
			f.seen.Map.Add(whole)
		}
	}
}

// Backward computes dx += dy W + γ(dy B)A and measures the second term.
func (f *probe) Backward(dx, dy, _ blas32.General) {
	if dx.Rows > 0 {
		f.Base.Backward(dx, dy)
	}
	for at, z := range f.blocks(dy.Rows, f.Base.In()) {
		for i, k := range kernel.Depths(f.Rank()) {
			u := f.part(z.Rows, k)
			blas32.Gemm(blas.NoTrans, blas.NoTrans, 1, rows(dy, at, z.Rows), columns(f.B, i, k), 0, u)
			blas32.Gemm(blas.NoTrans, blas.NoTrans, f.gamma, u, rows(f.A, i, k), soFar(i), z)
		}
		for i := 0; i < z.Rows; i += probeBlock {
			f.seen.InputDX.Add(rows(z, i, min(probeBlock, z.Rows-i)).Data)
		}
		if dx.Rows > 0 {
			kernel.Add(rows(dx, at, z.Rows).Data, z.Data)
		}
	}
}

// blocks yields the first row of each block, and memory for the adapter's part in its rows, of so many columns. A
// product copies A and B anew for each block: so blocks are as high as there is memory for them, also that of a merged
// form's gradients, which a probe does not use.
func (f *probe) blocks(total, cols int) iter.Seq2[int, blas32.General] {
	return func(yield func(int, blas32.General) bool) {
		z, depth := f.wide, 0
		for _, k := range kernel.Depths(f.Rank()) {
			depth = max(depth, k)
		}
		if idle := f.idle(); len(idle) > len(z) {
			z = idle
		}
		high := max(probeBlock, min(len(z)/cols, len(f.u.Data)/depth)/probeBlock*probeBlock)
		for at := 0; at < total; at += high {
			n := min(high, total-at)
			if !yield(at, blas32.General{Rows: n, Cols: cols, Stride: cols, Data: z[:n*cols]}) {
				return
			}
		}
	}
}

// idle returns memory that only gradients of A and B use.
func (f *probe) idle() []float32 {
	switch form := f.train.(type) {
	case *merged:
		return form.dW.Data
	case *beside:
		return form.sums.Data
	}
	return nil
}

// part returns memory for some rows of k columns of xAᵀ or dy B. Products sum over the rank in the same parts, so that
// it gives the bytes of the whole.
func (f *probe) part(n, k int) blas32.General {
	return blas32.General{Rows: n, Cols: k, Stride: k, Data: f.u.Data[:n*k]}
}

// soFar returns the factor of the sum so far for the part of a product that begins at i.
func soFar(i int) float32 {
	if i == 0 {
		return 0
	}
	return 1
}

// columns returns n columns of m, from column at on.
func columns(m blas32.General, at, n int) blas32.General {
	m.Cols, m.Data = n, m.Data[at:]
	return m
}

func rows(m blas32.General, at, n int) blas32.General {
	m.Data = m.Data[at*m.Stride:]
	return head(m, n)
}
