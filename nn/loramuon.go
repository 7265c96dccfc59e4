package nn

// LoRA-Muon: steepest descent of γBA in the spectral norm, by its factors.

import (
	"math"

	"gonum.org/v1/gonum/blas"
	"gonum.org/v1/gonum/blas/blas32"
)

var loraMuonVariant = variant{
	defaults: OptimizerConfig{Name: "lora-muon", Momentum: 0.95},
	settings: []string{"momentum", "weight decay"},
	make:     newLoRAMuon,
	flops:    loraMuonFlops,
	update:   SpectralProductUpdate,
	pairs:    true,
}

// loraMuon is LoRA-Muon (Cesista et al. 2026, arXiv 2606.12921). To first order a step changes γBA by
// γ(ΔB)A + γB(ΔA). Of all steps in which each of the two parts has a spectral norm of at most η/2, this takes the
// one along which the loss falls fastest; so γBA moves by at most η. With g for the running mean of a factor's
// gradient, and A = RᵀU, where the rows of U are orthonormal,
//
//	g = μg + (1−μ)∇B
//	ΔB = −(η/2γ) polar(g R⁻¹) R⁻ᵀ
//
// and A likewise, by B. polar sets all singular values to 1. R can be any root of AAᵀ = RᵀR: they all give the
// same step, as (BQ, Q⁻¹A) does for every invertible Q, and any γ, as long as γBA is the same. η is the learning
// rate times √max(1, out/in), as for the whole map in muon, which moves W by as much.
//
// Weight decay is that of γBA: with kA = √(1−lr_A·λ) and kB likewise,
//
//	A = kA·A + ΔA/kB,  B = kB·B + ΔB/kA.
//
// What is here and not in the paper: the multiplier γ, by whose inverse steps are multiplied so that η is a norm of
// what the model sees; different learning rates of A and B; and η's √max(1, out/in). The two halves do not know of
// each other, as in the paper: where they point the same way, γBA moves by η, and otherwise by less. A factor that
// is zero, as B at first, leaves its partner where it is, so that the first step is by η/2.
//
// R is Cholesky's of the Gram matrix, without the directions below leastPart. polar is (uuᵀ)^(−½)u by inverseRoot,
// which brings singular values above a hundredth of all of them together to within 10⁻² of 1, unlike muon's five
// steps, whose values of 0.7 to 1.2 would depend on the rank. Other arrays move by muon.
type loraMuon struct {
	config  OptimizerConfig
	params  []Param
	pairs   []pair
	mean    [][2][]float32 // g of A and of B; none without momentum
	rest    Optimizer      // moves what is no factor
	inverse *gramInverse
	root    *inverseRoot
	rows    []float32    // a factor, or its gradient, in rows
	u       []float32    // g R⁻¹
	gram    []float32    // uuᵀ
	polar   []float32    // of u
	updates [2][]float32 // of A and of B
}

func newLoRAMuon(arena *Arena, c OptimizerConfig, params []Param) Optimizer {
	m := &loraMuon{config: c, params: params, pairs: pairsOf(params)}
	rank, wide := 0, 0
	for _, p := range m.pairs {
		var mean [2][]float32
		for i, s := range p.sides() {
			x := params[s.moving]
			rank, wide = max(rank, x.rank()), max(wide, x.wide())
			if c.Momentum != 0 {
				mean[i] = arena.Floats(x.rank() * x.wide())
			}
		}
		m.mean = append(m.mean, mean)
	}
	m.inverse, m.root, m.gram = newGramInverse(arena, rank, wide), newInverseRoot(arena, rank), arena.Floats(rank*rank)
	for _, scratch := range []*[]float32{&m.rows, &m.u, &m.polar, &m.updates[0], &m.updates[1]} {
		*scratch = arena.Floats(rank * wide)
	}
	m.rest = newMuon(arena, OptimizerConfig{Name: "muon", Momentum: c.Momentum, WeightDecay: c.WeightDecay},
		unpaired(params, m.pairs))
	return m
}

func (m *loraMuon) Step(rates LearningRates) {
	for i, p := range m.pairs {
		sides := p.sides()
		for k, s := range sides {
			x := &m.params[s.moving]
			g := x.Grad
			if mean := m.mean[i][k]; mean != nil {
				momentum := float32(m.config.Momentum)
				for j, v := range x.Grad {
					mean[j] = momentum*mean[j] + float32(1-m.config.Momentum)*v
				}
				g = mean
			}
			m.update(m.updates[k], g, x, &m.params[s.other])
		}
		a, b := &m.params[p.a], &m.params[p.b]
		scale := math.Sqrt(max(1, float64(b.wide())/float64(a.wide()))) / (2 * a.Gamma)
		keep := func(p *Param) float64 { return math.Sqrt(1 - rates[p.Role]*m.config.decay(p)) }
		for k, s := range sides {
			x, y := &m.params[s.moving], &m.params[s.other]
			size := rates[x.Role] * scale / keep(y)
			x.move(float32(keep(x)), float32(size), matrixOf(m.updates[k], x.rank(), x.wide()))
		}
	}
	m.rest.Step(rates)
}

// update computes the step of a factor x for η = 2γ into dst, from g, which has x's shape.
func (m *loraMuon) update(dst, g []float32, x, y *Param) {
	r, width := x.rank(), x.wide()
	s := min(r, y.wide())
	e, rank := m.inverse.ofRows(y.asRows(y.Value, m.rows), 0, leastPart)
	if rank == 0 {
		clear(dst[:r*width])
		return
	}
	e = part(e, 0, s, 0, r)
	u, polar := matrixOf(m.u, s, width), matrixOf(m.polar, s, width)
	blas32.Gemm(blas.NoTrans, blas.NoTrans, 1, e, x.asRows(g, m.rows), 0, u)
	if gram := matrixOf(m.gram, min(s, width), min(s, width)); s <= width {
		blas32.Gemm(blas.NoTrans, blas.Trans, 1, u, u, 0, gram)
		blas32.Gemm(blas.NoTrans, blas.NoTrans, 1, m.root.of(gram, 0), u, 0, polar)
	} else {
		blas32.Gemm(blas.Trans, blas.NoTrans, 1, u, u, 0, gram)
		blas32.Gemm(blas.NoTrans, blas.NoTrans, 1, u, m.root.of(gram, 0), 0, polar)
	}
	blas32.Gemm(blas.Trans, blas.NoTrans, 1, e, polar, 0, matrixOf(dst, r, width))
}

// loraMuonFlops counts the products of update, for factors of which none is zero, and those of muon.
func loraMuonFlops(params []Param) (sum float64) {
	pairs := pairsOf(params)
	for _, p := range pairs {
		for _, side := range p.sides() {
			x, y := params[side.moving], params[side.other]
			r, width := float64(x.rank()), float64(x.wide())
			s := min(r, float64(y.wide()))
			smaller := min(s, width)
			sum += 4*s*r*width + 4*smaller*s*width + inverseRootFlops(int(smaller))
		}
	}
	return sum + muonFlops(unpaired(params, pairs))
}

func (m *loraMuon) State() []Tensor {
	all := prefixed("lora-muon", m.rest.State())
	for i, p := range m.pairs {
		for k, s := range p.sides() {
			if mean := m.mean[i][k]; mean != nil {
				all = append(all, stateTensor("lora-muon.momentum", &m.params[s.moving], mean))
			}
		}
	}
	return all
}
