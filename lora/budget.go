package lora

import (
	"fmt"
	"math"

	"ranksweep/nn"
	"ranksweep/paper/number"
)

// Budget says how AdaLoRA cuts singular values: how many all maps together keep after each update. A step
// is the number of an update, from 0.
type Budget struct {
	Target  int // rank that a map keeps in the mean at the end
	Initial int // tinit: up to this step nothing is cut
	Final   int // tfinal: so many steps before the end the budget is the target's, and stays
	Every   int // deltaT: steps that are multiples of it cut, until then
	Steps   int // of the run

	Beta1, Beta2 float64 // shares that running means of sensitivity and uncertainty keep, see importance.go

	Penalty PenaltyKind
	Weight  float64 // of the penalty

	// GammaAt, if it is set, returns γ by the rank that a map is left with. Otherwise γ is that of the
	// first rank.
	GammaAt func(rank int) float64
}

// TargetRank returns the target for a rank by the ratio of the paper, 3 to 2, which PEFT's defaults have too.
func TargetRank(rank int) int { return max(1, (2*rank+1)/3) }

// Fault finds a setting that a run with a rank cannot have; nil if there is none. It calls settings by the
// names of experiment files. A run of one step, which is made to measure the first update, need not cut.
func (b Budget) Fault(rank int) error {
	first, last := b.Initial+1, b.Steps-1
	if b.Final > 0 {
		last = b.Steps - b.Final
	}
	switch {
	case b.Target < 1 || b.Target > rank:
		return fmt.Errorf("target_rank %d: must be from 1 to the rank, which is %d", b.Target, rank)
	case b.Initial < 0 || b.Final < 0 || b.Initial >= b.Steps-b.Final:
		return fmt.Errorf("tinit %d and tfinal %d: must be at least 0, and together below steps, which is %d",
			b.Initial, b.Final, b.Steps)
	case b.Every < 1:
		return fmt.Errorf("delta_t %d: must be at least 1", b.Every)
	case b.Steps > 1 && b.Target < rank && b.Final == 0 && last/b.Every*b.Every < first:
		return fmt.Errorf("delta_t %d: no step from %d to %d is a multiple of it, so that nothing would be cut: "+
			"lower it, or set tfinal to at least 1", b.Every, first, last)
	case !inside(b.Beta1) || !inside(b.Beta2):
		return fmt.Errorf("importance_beta1 %s and importance_beta2 %s: must be above 0 and below 1",
			number.Full(b.Beta1), number.Full(b.Beta2))
	}
	return b.penaltyFault()
}

func inside(share float64) bool { return share > 0 && share < 1 }

func (b Budget) validate(rank int) error {
	if err := b.Fault(rank); err != nil {
		return fmt.Errorf("lora: %w", err)
	}
	return nil
}

// at returns how many singular values maps keep together after a step, and whether they are cut then.
// Between the first and the last cut their number falls along a cube, rounded down.
func (b Budget) at(step, maps, rank int) (budget int, cut bool) {
	all, target, end := maps*rank, maps*b.Target, b.Steps-b.Final
	if step <= b.Initial {
		return all, false
	}
	if step >= end {
		return target, true
	}
	left := 1 - float64(step-b.Initial)/float64(end-b.Initial)
	return int(float64(all-target)*cube(left) + float64(target)), step%b.Every == 0
}

// cube returns x³, rounded once. PEFT's budget is rounded down, so that a cube which is off by a bit could
// give another one.
func cube(x float64) float64 {
	square := x * x
	rest := math.FMA(x, x, -square)
	whole := square * x
	return whole + (math.FMA(square, x, -whole) + rest*x)
}

// gammas returns γ for each number of singular values that are left of so many. A map that is left with
// none has γ of rank 1, since its values can come back. It returns nil if γ is that of the first rank.
func (b Budget) gammas(arena *nn.Arena, rank int) []float32 {
	if b.GammaAt == nil {
		return nil
	}
	all := arena.Floats(rank + 1)
	for k := range all {
		all[k] = float32(b.GammaAt(max(1, k)))
	}
	return all
}
