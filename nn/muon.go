package nn

// Muon: an optimizer that makes the singular values of each step nearly equal.

import (
	"math"

	"gonum.org/v1/gonum/blas"
	"gonum.org/v1/gonum/blas/blas32"

	"ranksweep/nn/kernel"
)

var muonVariant = variant{
	defaults: OptimizerConfig{Name: "muon", Momentum: 0.95},
	settings: []string{"momentum", "weight decay"},
	make:     newMuon,
	flops:    muonFlops,
	update:   SpectralUpdate,
	scale:    always(FreeOfScale),
}

// The defaults of torch.optim.Muon, which are Jordan's.
const (
	muonSteps = 5
	muonEps   = 1e-7 // lower bound of the norm by which an update is divided
	muonA     = 3.4445
	muonB     = -4.7750
	muonC     = 2.0315
)

// muon is Muon (Jordan et al., kellerjordan.github.io/posts/muon), like torch.optim.Muon
// with Nesterov momentum μ, decoupled weight decay λ and the original adjustment of the
// learning rate to a (rows, cols) matrix:
//
//	b = μb + (1−μ)g
//	u = μb + (1−μ)g
//	w = (1−lr·λ)w − lr·√max(1, rows/cols)·orthogonalize(u)
//
// PyTorch refuses vectors; here orthogonalize keeps the direction of a vector.
//
// PyTorch orthogonalizes in bfloat16 on any device; this code does it in float32.
// PyTorch's updates are therefore the same up to noise. For matrices of normal numbers
// with 16 to 1024 rows and columns, PyTorch's updates differ from exact ones by 0.014 of
// their root mean square, and those in float32 by 3e-6 (testdata/optimizers.py).
type muon struct {
	config  OptimizerConfig
	params  []Param
	buffer  [][]float32 // b of each parameter; none without momentum
	scratch []float32   // for the current parameter, long enough for the largest
}

func newMuon(arena *Arena, c OptimizerConfig, params []Param) Optimizer {
	m := &muon{config: c, params: params}
	if c.Momentum != 0 {
		m.buffer = zerosLike(arena, params)
	}
	scratch := 0
	for _, p := range params {
		scratch = max(scratch, muonScratch(p.Rows, p.Cols))
	}
	m.scratch = arena.Floats(scratch)
	return m
}

// muonScratch returns the number of floats in a newtonSchulz.
func muonScratch(rows, cols int) int {
	s := min(rows, cols)
	return 2*rows*cols + 2*s*s
}

// muonFlops counts three products per step of a newtonSchulz.
func muonFlops(params []Param) (sum float64) {
	for _, p := range params {
		rows, cols := float64(p.Rows), float64(p.Cols)
		s := min(rows, cols)
		sum += muonSteps * (4*s*rows*cols + 2*s*s*s)
	}
	return sum
}

func (m *muon) Step(rates LearningRates) {
	for i := range m.params {
		p := &m.params[i]
		n := newNewtonSchulz(m.scratch, p.Rows, p.Cols)
		if m.buffer == nil {
			copy(n.x.Data, p.Grad)
		} else {
			nesterov(n.x.Data, m.buffer[i], p.Grad, float32(m.config.Momentum), float32(1-m.config.Momentum))
		}
		n.orthogonalize()
		lr := rates[p.Role]
		keep := float32(1 - lr*m.config.decay(p))
		size := float32(lr * MuonFactor(p.Rows, p.Cols))
		w, u := p.Value, n.x.Data[:len(p.Value)]
		for j, x := range w {
			w[j] = keep*x - size*u[j]
		}
	}
}

// MuonFactor is what Muon multiplies the learning rate of a (rows, cols) matrix by.
func MuonFactor(rows, cols int) float64 { return math.Sqrt(max(1, float64(rows)/float64(cols))) }

// MuonSize is what Muon makes of a singular value of a matrix with a Frobenius norm.
func MuonSize(value, norm float64) float64 {
	s := value / max(norm, muonEps)
	for range muonSteps {
		square := s * s
		s *= muonA + square*(muonB+square*muonC)
	}
	return s
}

// nesterov moves b towards g and fills u.
func nesterov(u, b, g []float32, momentum, gain float32) {
	b, g = b[:len(u)], g[:len(u)]
	for i := range u {
		b[i] = momentum*b[i] + gain*g[i]
		u[i] = momentum*b[i] + gain*g[i]
	}
}

// newtonSchulz brings the singular values of a matrix near 1 and keeps its singular
// vectors. It divides x by its Frobenius norm and takes muonSteps steps. With s for the
// shorter side, each step is
//
//	G = x xᵀ  or, if there are more rows than columns,  xᵀ x    (s, s)
//	x = ax + (bG + cG²) x  or  ax + x (bG + cG²)
//
// which turns a singular value σ into aσ + bσ³ + cσ⁵. The coefficients are chosen for the
// largest slope at 0, and do not converge: singular values that were not far below the
// largest end between about 0.7 and 1.2.
type newtonSchulz struct {
	x, next    blas32.General // (rows, cols)
	gram, poly blas32.General // (s, s)
}

// newNewtonSchulz makes one whose matrices lie in scratch.
func newNewtonSchulz(scratch []float32, rows, cols int) newtonSchulz {
	next := func(rows, cols int) blas32.General {
		m := matrixOf(scratch, rows, cols)
		scratch = scratch[rows*cols:]
		return m
	}
	s := min(rows, cols)
	return newtonSchulz{next(rows, cols), next(rows, cols), next(s, s), next(s, s)}
}

func (n *newtonSchulz) orthogonalize() {
	norm := math.Sqrt(kernel.SumSquares(n.x.Data))
	kernel.Scale(n.x.Data, float32(1/max(norm, muonEps)))
	tall := n.x.Rows > n.x.Cols
	for range muonSteps {
		if tall {
			blas32.Gemm(blas.Trans, blas.NoTrans, 1, n.x, n.x, 0, n.gram)
		} else {
			blas32.Gemm(blas.NoTrans, blas.Trans, 1, n.x, n.x, 0, n.gram)
		}
		copy(n.poly.Data, n.gram.Data)
		blas32.Gemm(blas.NoTrans, blas.NoTrans, muonC, n.gram, n.gram, muonB, n.poly)
		copy(n.next.Data, n.x.Data)
		if tall {
			blas32.Gemm(blas.NoTrans, blas.NoTrans, 1, n.x, n.poly, muonA, n.next)
		} else {
			blas32.Gemm(blas.NoTrans, blas.NoTrans, 1, n.poly, n.x, muonA, n.next)
		}
		n.x, n.next = n.next, n.x
	}
}

func (m *muon) State() []Tensor {
	var all []Tensor
	for i, b := range m.buffer {
		all = append(all, stateTensor("muon.momentum", &m.params[i], b))
	}
	return all
}
