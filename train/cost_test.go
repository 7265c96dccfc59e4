package train

import (
	"testing"

	"ranksweep/checkpoint"
	"ranksweep/lora"
)

// TestCostCountsTheOptimizer: of two runs that differ in it alone, one costs
// more by its products, once a step and not once a pass.
func TestCostCountsTheOptimizer(t *testing.T) {
	c := testConfig(t)
	c.Train.Accumulate = 3
	base, err := checkpoint.Load(c.Model)
	check(t, err)
	targets, err := lora.Targets(base.Model, c.Adapter.Targets)
	check(t, err)
	cost := func(optimizer string) float64 {
		c.Train.Optimizer = optimizer
		return costOf(c, base.Model, targets, 20, false)
	}
	more := cost("muon") - cost("sgd")
	c.Train.Optimizer = "muon"
	if want := c.Train.OptimizerConfig().Flops(shapesOf(c, targets)) * float64(c.Train.Steps); !(want > 0) || more != want {
		t.Errorf("muon's run costs %g more, want %g", more, want)
	}
}
