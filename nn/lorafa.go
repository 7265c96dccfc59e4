package nn

// LoRA-FA's preconditioning: AdamW for a B beside an A that does not train.

import (
	"math"

	"gonum.org/v1/gonum/blas"
	"gonum.org/v1/gonum/blas/blas32"

	"ranksweep/nn/kernel"
)

var loraFAVariant = variant{
	defaults: OptimizerConfig{Name: "lora-fa-adamw", Beta1: 0.9, Beta2: 0.999, Eps: 1e-6, Damping: 1e-8},
	settings: []string{"beta1", "beta2", "eps", "damping", "weight decay"},
	make:     newLoRAFA,
	flops:    loraFAFlops,
	update:   EvenUpdate,
	fixedA:   true,
}

// pinvCut is how much of the largest singular value torch.linalg.pinv takes for zero, for each row, in float32.
const pinvCut = 0x1p-23

// loraFA is the optimizer of PEFT's create_lorafa_optimizer, for LoRA-FA (Zhang et al. 2023, arXiv 2308.03303).
// In place of B's gradient it takes
//
//	g = γ⁻² ∇B (AAᵀ + δI)⁺,
//
// which makes γgA the gradient of γBA's whole map projected onto the rows of A, and then steps as AdamW once did
// in transformers, at step t counted from 1:
//
//	m = β₁m + (1−β₁)g
//	v = β₂v + (1−β₂)g²
//	w = (1−lr·λ)[w − lr·√(1−β₂ᵗ)/(1−β₁ᵗ) · m/(√v + ε)]
//
// So ε counts for more in the first steps than in adamW, and decay also shrinks the step itself. Other arrays keep
// their gradients. AdamW undoes γ⁻² but for ε.
//
// PEFT computes g in bfloat16 wherever accelerate finds that it could, which it says of every CPU; this code
// computes it in float32. It computes the pseudo-inverse once, since A stays, and in float64. As in PEFT,
// singular values below r·2⁻²³ of the largest count as zero: δ is too small to be seen in float32 beside AAᵀ, so
// that it decides nothing where the rank r is above A's width.
//
// If A is multiplied by s and B by 1/s, g is divided by s, and AdamW's step does not depend on that: BA changes
// by s times as much. So this optimizer is not invariant to how BA is divided, while SGD by the same g is.
type loraFA struct {
	config  OptimizerConfig
	params  []Param
	step    stepCount
	mean    [][]float32 // m of each parameter
	square  [][]float32 // v of each parameter
	inverse []blas32.General
	half    []float32 // ∇B Eᵀ, where EᵀE is the pseudo-inverse
	divided []float32 // g
}

func newLoRAFA(arena *Arena, c OptimizerConfig, params []Param) Optimizer {
	l := &loraFA{
		config: c, params: params, mean: zerosLike(arena, params), square: zerosLike(arena, params),
		inverse: make([]blas32.General, len(params)),
	}
	rank, wide, largest := 0, 0, 0
	for i, p := range params {
		if p.Fixed != nil {
			rank, wide, largest = max(rank, p.Cols), max(wide, p.Fixed.Cols), max(largest, p.Rows*p.Cols)
			l.inverse[i] = arena.Matrix(p.Cols, p.Cols)
		}
	}
	l.half, l.divided = arena.Floats(largest), arena.Floats(largest)
	g := newGramInverse(arena, rank, wide)
	if arena.Counting {
		return l
	}
	for i, p := range params {
		if p.Fixed != nil {
			e, _ := g.ofRows(*p.Fixed, c.Damping, float64(p.Cols)*pinvCut)
			copyMatrix(l.inverse[i], e)
		}
	}
	return l
}

func (l *loraFA) Step(rates LearningRates) {
	c, t := l.config, l.step.next()
	root := 1 / math.Sqrt(1-math.Pow(c.Beta2, t))
	correction := 1 - math.Pow(c.Beta1, t)
	for i := range l.params {
		p := &l.params[i]
		lr := rates[p.Role]
		keep := 1 - lr*c.decay(p)
		kernel.AdamW(p.Value, l.gradient(i), l.mean[i], l.square[i], kernel.AdamWStep{
			Beta1: float32(c.Beta1), Gain1: float32(1 - c.Beta1),
			Beta2: float32(c.Beta2), Gain2: float32(1 - c.Beta2),
			Keep: float32(keep), Size: float32(keep * lr / correction),
			Root: float32(root), Eps: float32(c.Eps * root),
		})
	}
}

// gradient returns g of a parameter.
func (l *loraFA) gradient(i int) []float32 {
	p := &l.params[i]
	e := l.inverse[i]
	if p.Fixed == nil {
		return p.Grad
	}
	half, divided := matrixOf(l.half, p.Rows, p.Cols), matrixOf(l.divided, p.Rows, p.Cols)
	blas32.Gemm(blas.NoTrans, blas.Trans, float32(1/(p.Gamma*p.Gamma)), p.gradient(), e, 0, half)
	blas32.Gemm(blas.NoTrans, blas.NoTrans, 1, half, e, 0, divided)
	return divided.Data
}

// loraFAFlops counts both products of gradient.
func loraFAFlops(params []Param) (sum float64) {
	for _, p := range params {
		if p.Fixed != nil {
			sum += 4 * float64(p.Rows) * float64(p.Cols) * float64(p.Cols)
		}
	}
	return sum
}

func (l *loraFA) State() []Tensor {
	all := []Tensor{l.step.tensor("lora-fa-adamw")}
	for i := range l.params {
		p := &l.params[i]
		all = append(all, stateTensor("lora-fa-adamw.mean", p, l.mean[i]),
			stateTensor("lora-fa-adamw.square", p, l.square[i]))
	}
	return all
}
