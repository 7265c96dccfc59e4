package lora

import (
	"fmt"
	"math"

	"gonum.org/v1/gonum/blas"
	"gonum.org/v1/gonum/blas/blas32"

	"ranksweep/nn"
	"ranksweep/paper/number"
)

// PenaltyKind says how AdaLoRA measures how far the rows of a P are from orthonormal, where P is A or Bᵀ.
type PenaltyKind string

// The kinds. A fresh P has entries so small that PPᵀ is near zero, which makes the norm near √r: as PEFT has it,
// the penalty grows with the rank, and its share in a loss does.
const (
	NormPenalty PenaltyKind = "norm" // ‖PPᵀ − I‖_F, as in PEFT
	RootPenalty PenaltyKind = "root" // ‖PPᵀ − I‖_F/√r, which is near 1 at every rank
	NoPenalty   PenaltyKind = "none"
)

// PenaltyKinds lists them, PEFT's first.
var PenaltyKinds = []PenaltyKind{NormPenalty, RootPenalty, NoPenalty}

func (b Budget) penaltyFault() error {
	switch b.Penalty {
	case NormPenalty, RootPenalty:
		if !(b.Weight > 0 && b.Weight <= math.MaxFloat32) {
			return fmt.Errorf("orth_reg_weight %s: must be above 0 and at most %s", number.Full(b.Weight),
				number.Brief(math.MaxFloat32))
		}
	case NoPenalty:
	default:
		return fmt.Errorf("orth_reg %q: must be one of %q", b.Penalty, PenaltyKinds)
	}
	return nil
}

// Penalize adds to the gradients what a method adds to the loss beside it, and returns that, which is 0 if there
// is nothing: of AdaLoRA the weight times the mean, over A and B of all maps, of what [PenaltyKind] says.
func (s *Set) Penalize() float64 {
	if s.budget == nil {
		return 0
	}
	return s.budget.penalize()
}

func (a *allocator) penalize() (sum float64) {
	if a.Penalty == NoPenalty {
		return 0
	}
	rank := a.maps[0].Rank()
	weight := a.Weight / float64(2*len(a.maps))
	if a.Penalty == RootPenalty {
		weight /= math.Sqrt(float64(rank))
	}
	for _, m := range a.maps {
		sum += weight * distance(m.a.value(), m.a.grad(), shaped(a.square, rank, rank), weight, true)
		sum += weight * distance(m.b.value(), m.b.grad(), shaped(a.square, rank, rank), weight, false)
	}
	return sum
}

// distance returns ‖M‖_F for M = PPᵀ − I, and adds the weight times its gradient to dP:
//
//	d‖M‖ = ⟨M, dM⟩/‖M‖ = 2⟨MP, dP⟩/‖M‖, since M is symmetric.
//
// P is p, or its transpose if byRows is not set. square has room for M. Where M is zero its norm has no gradient,
// and nothing is added.
func distance(p, dP, square blas32.General, weight float64, byRows bool) float64 {
	if byRows {
		blas32.Gemm(blas.NoTrans, blas.Trans, 1, p, p, 0, square)
	} else {
		blas32.Gemm(blas.Trans, blas.NoTrans, 1, p, p, 0, square)
	}
	for k := range square.Rows {
		square.Data[k*square.Stride+k]--
	}
	var squares nn.Squares
	squares.Add(square.Data)
	norm := squares.Norm()
	if norm == 0 {
		return 0
	}
	factor := float32(2 * weight / norm)
	if byRows {
		blas32.Gemm(blas.NoTrans, blas.NoTrans, factor, square, p, 1, dP)
	} else {
		blas32.Gemm(blas.NoTrans, blas.NoTrans, factor, p, square, 1, dP)
	}
	return norm
}
