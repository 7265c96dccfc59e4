package local

import (
	"context"
	"os"
	"testing"

	"ranksweep/checkpoint"
	"ranksweep/experiments"
	"ranksweep/lora"
	"ranksweep/metrics"
	"ranksweep/nn"
	"ranksweep/nn/heaptest"
	"ranksweep/nn/kernel/kerneltest"
)

// TestStepAllocatesNothing: a step without a probe allocates no memory, on every kernel and in every form: each method
// at a small and a large rank, in each precision, with each optimizer, and what else a step may have in it. Curves are
// allocated at the start.
func TestStepAllocatesNothing(t *testing.T) {
	kerneltest.Each(t, func(t *testing.T) {
		plain := testConfig(t)
		for _, method := range lora.Methods() {
			for _, rank := range ranksOf(method) {
				for _, precision := range []string{experiments.Float32Precision, experiments.BF16Precision} {
					c := plain
					c.Adapter.Method, c.Adapter.Rank, c.Train.Precision = method, rank, precision
					if c.Adapter.Has(lora.Halves) || precision == experiments.Float32Precision {
						stepsAllocateNothing(t, c, false)
					}
				}
			}
		}
		for _, optimizer := range nn.Optimizers() {
			c := plain
			c.Train.Optimizer = optimizer
			stepsAllocateNothing(t, c, false)
		}
		c := plain
		c.Adapter.Dropout, c.Train.Accumulate, c.Train.Clip = 0.5, 3, 1e-3
		c.Train.Schedule, c.Train.Warmup, c.Train.WeightDecay = "cosine", 4, 0.1
		stepsAllocateNothing(t, c, false)
	})
}

// TestStepOnStoredWeightsAllocatesNothing: nor does a step whose frozen weights stay in their file's bfloat16.
func TestStepOnStoredWeightsAllocatesNothing(t *testing.T) {
	kerneltest.Each(t, func(t *testing.T) {
		c := testConfig(t)
		model, err := checkpoint.Load(c.Model)
		check(t, err)
		check(t, checkpoint.Save(c.Model, model, checkpoint.BF16))
		for _, c.Adapter.Rank = range ranksOf(lora.DefaultMethod) {
			stepsAllocateNothing(t, c, true)
		}
	})
}

// stepsAllocateNothing trains by a config and counts what its steps allocate, if all is recorded at every step that a
// run can record without a probe.
func stepsAllocateNothing(t *testing.T, c experiments.Config, stored bool) {
	t.Helper()
	const calls = 15
	c.Train.Steps = 1000
	c = experiments.Point{Config: c}.Canonical().Config
	c.Measure = experiments.Measure{Every: 1, EvalEvery: 4, ModulesEvery: 1, Probe: 1}
	l := New(os.DirFS(t.TempDir()))
	l.Stored = stored
	model, _, d, err := l.material(context.Background(), c)
	check(t, err)
	tr, err := newTraining(new(nn.Arena), c, model.Model, d)
	check(t, err)
	step := 2
	n := heaptest.Allocations(calls, func() {
		check(t, tr.measure(step, func(metrics.Point) {}))
		if c.Train.Clip > 0 {
			nn.ClipGlobalNorm(tr.params, c.Train.Clip)
		}
		tr.opt.Step(tr.c.Rates().Times(tr.schedule.Factor(step)))
		tr.set.Updated()
		tr.set.Allocate(step)
		step++
	})
	if n > 0 {
		t.Errorf("%d allocations in %d steps: method %s, rank %d, %s, %s, dropout %g, %d batches, stored: %t", n, calls,
			c.Adapter.Method, c.Adapter.Rank, c.Train.Precision, c.Train.Optimizer, c.Adapter.Dropout,
			c.Train.Accumulate, stored)
	}
}
