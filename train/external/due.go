package external

import (
	"fmt"

	"ranksweep/experiments"
	"ranksweep/metrics"
)

// What is measured at a step beside its loss and gradients: the bits of the array "due".
const (
	dueValidation = 1 << iota
	dueProbe
	dueMaps
)

// due returns what is measured at every step, the one after the last update included.
func due(c experiments.Config) []int {
	all := make([]int, c.Train.Steps+1)
	for step := range all {
		for bit, is := range map[int]bool{
			dueValidation: c.Validates(step), dueProbe: c.Probes(step), dueMaps: c.Splits(step),
		} {
			if is {
				all[step] |= bit
			}
		}
	}
	return all
}

// occasion is when a quantity is measured: in words, as docs/trainers.md has them, and of a step
// among all steps, with what is due at it.
type occasion struct {
	words string
	is    func(step, steps, due int) bool
}

var (
	always       = occasion{"at each step", func(int, int, int) bool { return true }}
	atGradient   = occasion{"at each step but the last", func(step, steps, _ int) bool { return step < steps }}
	atFirst      = occasion{"at step 1", func(step, _, _ int) bool { return step == 1 }}
	atValidation = occasion{"where due has 1", func(_, _, due int) bool { return due&dueValidation > 0 }}
	atProbe      = occasion{"where due has 2", func(_, _, due int) bool { return due&dueProbe > 0 }}
	atMaps       = occasion{"where due has 4", func(_, _, due int) bool { return due&dueMaps > 0 }}
)

// occasionOf returns when a quantity is measured.
func occasionOf(q metrics.Quantity) occasion {
	switch q {
	case metrics.ValLoss:
		return atValidation
	case metrics.LossDrop, metrics.LossDropActual:
		return atFirst
	case metrics.TrainLoss, metrics.GradNorm, metrics.GradNormA, metrics.GradNormB, metrics.GradNormM,
		metrics.GradRMS, metrics.GradRMSA, metrics.GradRMSB, metrics.Penalty:
		return atGradient
	case metrics.RankLeft:
		return always
	}
	return atProbe
}

// ofRun are the quantities that a single map does not have.
var ofRun = map[metrics.Quantity]bool{
	metrics.TrainLoss: true, metrics.ValLoss: true, metrics.LossDrop: true, metrics.LossDropActual: true,
	metrics.Penalty: true,
}

// must is an error if what was reported at a step is not measured then.
func (c *curve) must(o occasion, what string, step int) error {
	if steps := len(c.due) - 1; !o.is(step, steps, c.due[step]) {
		return fmt.Errorf("reported %s at step %d of %d: must be only %s", what, step, steps, o.words)
	}
	return nil
}
