package nn

// LoRA-RITE: an adaptive optimizer of BA that does not depend on how BA is divided among its factors.

import (
	"math"

	"gonum.org/v1/gonum/blas"
	"gonum.org/v1/gonum/blas/blas32"
)

var riteVariant = variant{
	defaults: OptimizerConfig{Name: "lora-rite", Beta1: 0.9, Beta2: 0.999, Eps: 1e-6},
	settings: []string{"beta1", "beta2", "eps", "weight decay"},
	make:     newRITE,
	flops:    riteFlops,
	update:   SpectralBAUpdate,
	pairs:    true,
}

// leastPart is the part of its Gram matrix's largest diagonal entry below which what is left of a factor counts as
// rounding: float32 does not tell singular values that are so small, 10⁻³ of the largest, from none after they
// have been divided by themselves twice.
const leastPart = 1e-6

// rite is LoRA-RITE (Yen et al. 2024, arXiv 2410.20625, algorithm 1). X is a factor, A or Bᵀ, and Y the other one,
// both with as many rows as the rank; m is the number of X's columns. Y = RᵀU, where the s rows of U are
// orthonormal. At step t, counted from 1, with those that were kept of the step before primed,
//
//	g = R⁻ᵀ ∇X             the unmagnified gradient, which is U times that of γBA, or of its transpose
//	P = U U′ᵀ              takes what was kept to the rows of the new U
//	V = β PV′Pᵀ + (1−β) ggᵀ/m
//	ρ = β(ρ′ + maxᵢ[λᵢ(V′) − λᵢ(PV′Pᵀ)])      the escaped mass: what V loses to directions that U has left
//	S = [V + (ρ + ε²)I]^(−½) g
//	M = α PM′ + (1−α) S
//	X = (1−lr·λ)X − lr·R⁻¹M
//
// with β = β₂(1−β₂^(t−1))/(1−β₂ᵗ), and α of β₁ likewise, which is Adam's correction of both means, and with the
// eigenvalues λᵢ in order. Both factors move at once. Other arrays move by AdamW.
//
// For every invertible Q, the factors (BQ, Q⁻¹A) have the same BA after each step: g, P, V and M are the same
// up to a rotation of U's rows. Clipping breaks that, since it looks at the gradients themselves.
//
// The paper leaves open, or its authors' code (github.com/gkevinyen5418/LoRA-RITE) has otherwise:
//   - The paper sums V where the code has a mean with decay, and divides ggᵀ by m, which makes the entries of S as
//     large as Adam's; here it is as in the code. ρ decays with V, as it does there.
//   - The code leaves the escaped mass out unless it is asked for; here it is in, as in the paper.
//   - The code adds ε to the root, here ε² is added below it, and so is rootRidge of V's norm, since float32 does
//     not know smaller eigenvalues.
//   - The code limits the norm of all unmagnified gradients to 1, and skips larger ones; here nothing does.
//   - Any U with the same rows' span gives the same step. The paper has that of QR, here it is that of the Gram
//     matrix of Y by Cholesky's method, without the directions in which Y is below leastPart. A factor that is zero
//     leaves its partner where it is.
type rite struct {
	config  OptimizerConfig
	params  []Param
	pairs   []pair
	step    stepCount
	kept    [][2]riteSide // of each pair: what is kept for A, and for B
	rest    Optimizer     // moves what is no factor
	scratch *riteScratch
}

// riteSide is what is kept for one factor. s is at most the rank and the other factor's width.
type riteSide struct {
	basis   blas32.General // U, (s, other factor's width)
	mean    blas32.General // M, (s, own width)
	second  blas32.General // V, (s, s)
	escaped []float32      // ρ
}

func newRITE(arena *Arena, c OptimizerConfig, params []Param) Optimizer {
	r := &rite{config: c, params: params, pairs: pairsOf(params)}
	rank, wide := 0, 0
	for _, p := range r.pairs {
		var kept [2]riteSide
		for i, s := range p.sides() {
			x, y := params[s.moving], params[s.other]
			n := min(y.rank(), y.wide())
			kept[i] = riteSide{
				basis: arena.Matrix(n, y.wide()), mean: arena.Matrix(n, x.wide()),
				second: arena.Matrix(n, n), escaped: arena.Floats(1),
			}
			rank, wide = max(rank, y.rank()), max(wide, y.wide())
		}
		r.kept = append(r.kept, kept)
	}
	r.scratch = newRITEScratch(arena, rank, wide)
	rest := OptimizerConfig{Name: "adamw", Beta1: c.Beta1, Beta2: c.Beta2, Eps: c.Eps, WeightDecay: c.WeightDecay}
	r.rest = newAdamW(arena, rest, unpaired(params, r.pairs))
	return r
}

func (r *rite) Step(rates LearningRates) {
	t := r.step.next()
	for i, p := range r.pairs {
		for k, s := range p.sides() {
			r.scratch.update(r.scratch.updates[k], r.kept[i][k], r.params[s.moving], r.params[s.other], r.config, t)
		}
		for k, s := range p.sides() {
			x := &r.params[s.moving]
			lr := rates[x.Role]
			x.move(float32(1-lr*r.config.decay(x)), float32(lr), matrixOf(r.scratch.updates[k], x.rank(), x.wide()))
		}
	}
	r.rest.Step(rates)
}

// riteScratch is where updates are computed, for any pair.
type riteScratch struct {
	inverse        *gramInverse
	root           *inverseRoot
	values         eigenvalues
	before, after  []float64    // eigenvalues
	rows, gradient []float32    // Y, and ∇X or g, in rows
	next           []float32    // U, or a product with M
	turn, turned   []float32    // P, and products with it
	updates        [2][]float32 // of A and of B
}

func newRITEScratch(arena *Arena, rank, wide int) *riteScratch {
	floats := func() []float32 { return arena.Floats(rank * wide) }
	square := func() []float32 { return arena.Floats(rank * rank) }
	return &riteScratch{
		inverse: newGramInverse(arena, rank, wide), root: newInverseRoot(arena, rank),
		values: newEigenvalues(arena, rank),
		before: Make[float64](arena, rank), after: Make[float64](arena, rank),
		rows: floats(), gradient: floats(), next: floats(), turn: square(), turned: square(),
		updates: [2][]float32{floats(), floats()},
	}
}

// update computes R⁻¹M into dst, and what is kept for the next step.
func (w *riteScratch) update(dst []float32, k riteSide, x, y Param, c OptimizerConfig, t float64) {
	s, r, m := k.second.Rows, x.rank(), x.wide()
	rows := y.asRows(y.Value, w.rows)
	e, rank := w.inverse.ofRows(rows, 0, leastPart)
	if rank == 0 && t == 1 {
		clear(dst[:r*m]) // as everything that is kept is
		return
	}
	e = part(e, 0, s, 0, r)

	basis := matrixOf(w.next, s, y.wide())
	blas32.Gemm(blas.NoTrans, blas.NoTrans, 1, e, rows, 0, basis)
	turn := matrixOf(w.turn, s, s)
	blas32.Gemm(blas.NoTrans, blas.Trans, 1, basis, k.basis, 0, turn)
	copyMatrix(k.basis, basis)

	g := matrixOf(w.next, s, m)
	blas32.Gemm(blas.NoTrans, blas.NoTrans, 1, e, x.asRows(x.Grad, w.gradient), 0, g)
	w.second(k, turn, g, correctedDecay(c.Beta2, t))
	root := w.root.of(k.second, k.escaped[0]+float32(c.Eps*c.Eps))
	beta := correctedDecay(c.Beta1, t)
	turned := matrixOf(w.gradient, s, m)
	blas32.Gemm(blas.NoTrans, blas.NoTrans, float32(beta), turn, k.mean, 0, turned)
	blas32.Gemm(blas.NoTrans, blas.NoTrans, float32(1-beta), root, g, 1, turned)
	copyMatrix(k.mean, turned)
	blas32.Gemm(blas.Trans, blas.NoTrans, 1, e, k.mean, 0, matrixOf(dst, r, m))
}

// second moves V and ρ on.
func (w *riteScratch) second(k riteSide, turn, g blas32.General, beta float64) {
	s := k.second.Rows
	if beta > 0 { // else V is zero, or counts for nothing
		w.values.of(w.before[:s], k.second)
	}
	turned := matrixOf(w.turned, s, s)
	blas32.Gemm(blas.NoTrans, blas.NoTrans, 1, turn, k.second, 0, turned)
	blas32.Gemm(blas.NoTrans, blas.Trans, 1, turned, turn, 0, k.second)
	lost := 0.0
	if beta > 0 {
		w.values.of(w.after[:s], k.second)
		for i, v := range w.before[:s] {
			lost = max(lost, v-w.after[i])
		}
	}
	k.escaped[0] = float32(beta * (float64(k.escaped[0]) + lost))
	blas32.Gemm(blas.NoTrans, blas.Trans, float32((1-beta)/float64(g.Cols)), g, g, float32(beta), k.second)
}

// correctedDecay is the decay with which a running mean from zero is that of what it has seen, at step t.
func correctedDecay(beta, t float64) float64 {
	return beta * (1 - math.Pow(beta, t-1)) / (1 - math.Pow(beta, t))
}

// riteFlops counts the products of update, for factors of which none is zero.
func riteFlops(params []Param) (sum float64) {
	for _, p := range pairsOf(params) {
		for _, side := range p.sides() {
			x, y := params[side.moving], params[side.other]
			r, m, width := float64(x.rank()), float64(x.wide()), float64(y.wide())
			s := min(r, width)
			sum += 2*s*r*width + 2*s*s*width + 4*s*r*m + 6*s*s*m + 4*s*s*s + inverseRootFlops(int(s))
		}
	}
	return sum
}

func (r *rite) State() []Tensor {
	all := append([]Tensor{r.step.tensor("lora-rite")}, prefixed("lora-rite", r.rest.State())...)
	for i, p := range r.pairs {
		for k, s := range p.sides() {
			name, kept := r.params[s.moving].Name, r.kept[i][k]
			all = append(all, matrixTensor("lora-rite.basis."+name, kept.basis),
				matrixTensor("lora-rite.mean."+name, kept.mean), matrixTensor("lora-rite.second."+name, kept.second),
				vectorTensor("lora-rite.escaped."+name, kept.escaped))
		}
	}
	return all
}
