package local

import (
	"context"
	"testing"
)

// TestCostCountsTheOptimizer: if two runs differ only in the optimizer, their costs differ
// by the optimizer's products, counted once per step and not once per pass.
func TestCostCountsTheOptimizer(t *testing.T) {
	c := testConfig(t)
	c.Train.Accumulate = 3
	model, _, d, err := New(nil).material(context.Background(), c)
	check(t, err)
	var run *training
	cost := func(optimizer string) float64 {
		c.Train.Optimizer = optimizer
		run, _, err = outlineOf(c, model.Model, d)
		check(t, err)
		return costOf(c, model.Model, run, 20, false)
	}
	more := cost("muon") - cost("sgd")
	c.Train.Optimizer = "muon"
	if want := c.Train.OptimizerConfig().Flops(run.params) * float64(c.Train.Steps); !(want > 0) || more != want {
		t.Errorf("muon's run costs %g more, want %g", more, want)
	}
}
