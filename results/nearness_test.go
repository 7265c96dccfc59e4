package results

import (
	"math"
	"strings"
	"testing"

	"ranksweep/metrics"
)

// nearRun is a run with values of every kind, all 1 except for a gradient that vanishes at
// step 2.
func nearRun() Run {
	r := testRun("lora", 1, 4, 0)
	for i := range r.Curve {
		for q := range r.Curve[i].Values {
			r.Curve[i].Values[q] = 1
		}
	}
	r.Curve[2].Values[metrics.GradNormA] = 1e-9
	r.Curve[1].Values[metrics.LossDropActual] = 1e-4
	r.Modules = []metrics.Point{{Step: 1, Module: "q", Values: r.Curve[0].Values}}
	r.Validation = []ValidationBatch{{Scored: 10, Nats: 25}, {Scored: 10, Nats: 5}}
	return r
}

// TestNear: a difference below the tolerance passes, and one above it does not.
func TestNear(t *testing.T) {
	set := func(step int, q metrics.Quantity, v float64) func(*Run) {
		return func(r *Run) { r.Curve[step].Values[q] = v }
	}
	nats := func(v float64) func(*Run) { return func(r *Run) { r.Validation[1].Nats = v } }
	for name, test := range map[string]struct {
		change func(*Run)
		what   string
		within bool
	}{
		"a loss":       {set(1, metrics.TrainLoss, 1+0.9*BetweenKernels.Losses), "train_loss at step 1", true},
		"another loss": {set(1, metrics.TrainLoss, 1+1.1*BetweenKernels.Losses), "train_loss at step 1", false},
		"a size":       {set(2, metrics.DeltaW, 1-0.9*BetweenKernels.Sizes), "delta_w at step 2", true},
		"another size": {set(2, metrics.DeltaW, 1-1.1*BetweenKernels.Sizes), "delta_w at step 2", false},
		"nearly zero":  {set(2, metrics.GradNormA, 1e-6), "grad_norm_a at step 2", true},
		"not zero":     {set(2, metrics.GradNormA, 1e-5), "grad_norm_a at step 2", false},
		"a drop, to the loss": {set(1, metrics.LossDropActual, 1e-4+0.9*BetweenKernels.Losses),
			"loss_drop_actual at step 1", true},
		"another drop": {set(1, metrics.LossDropActual, 1e-4+1.1*BetweenKernels.Losses),
			"loss_drop_actual at step 1", false},
		"a module": {func(r *Run) { r.Modules[0].Values[metrics.GradNorm] = 1.01 },
			"grad_norm at step 1 of q", false},
		"a validation batch":       {nats(5 + 5*0.9*BetweenKernels.Losses), "nats of validation batch 1", true},
		"another validation batch": {nats(5 + 5*1.1*BetweenKernels.Losses), "nats of validation batch 1", false},
		"absent":                   {set(1, metrics.ValLoss, math.NaN()), "val_loss at step 1", false},
		"a farther size, but nearer": {func(r *Run) {
			r.Curve[1].Values[metrics.DeltaW] *= 1 + 0.2*BetweenKernels.Sizes
			r.Curve[1].Values[metrics.TrainLoss] *= 1 + 0.5*BetweenKernels.Losses
		}, "train_loss at step 1", true},
	} {
		was, now := nearRun(), nearRun()
		test.change(&now)
		near := Near(now, was, BetweenKernels)
		if near.What != test.what || (near.Difference == "") != test.within || !(near.Largest > 0) {
			t.Errorf("%s: %+v, want %s within %t", name, near, test.what, test.within)
		}
		if d := near.Difference; d != "" && !strings.Contains(d, " is ") {
			t.Errorf("%s: %s", name, d)
		}
	}
	if near := Near(nearRun(), nearRun(), BetweenKernels); near != (Nearness{}) {
		t.Errorf("the same run: %+v", near)
	}
	other := nearRun()
	other.Steps++
	if near := Near(other, nearRun(), BetweenKernels); !strings.Contains(near.Difference, "steps") {
		t.Errorf("another shape: %+v", near)
	}
}

// TestMeasuredTolerance is ten times the largest difference of two runs, of losses and of other
// quantities; two runs of other shapes, or with a number in one alone, have none.
func TestMeasuredTolerance(t *testing.T) {
	a, b := nearRun(), nearRun()
	if got, err := Measured(a, b); got != (Tolerance{}) || err != nil {
		t.Errorf("of equal runs: %v, %v", got, err)
	}
	last := len(b.Curve) - 1
	loss, norm := a.Curve[last].Values[metrics.TrainLoss], a.Curve[last].Values[metrics.GradNorm]
	b.Curve[last].Values[metrics.TrainLoss] = loss * (1 + 0x1p-20)
	b.Curve[last].Values[metrics.GradNorm] = norm * (1 + 0x1p-10)
	got, err := Measured(b, a)
	if math.Abs(got.Losses/(10*0x1p-20)-1) > 1e-6 || math.Abs(got.Sizes/(10*0x1p-10)-1) > 1e-6 || err != nil {
		t.Errorf("%v, %v", got, err)
	}
	c := nearRun()
	c.Curve[last].Values[metrics.TrainLoss] = loss * (1 + 9*0x1p-20)
	if near := Near(c, a, got); near.Difference != "" {
		t.Errorf("nine times as far: %s", near.Difference)
	}
	c.Curve[last].Values[metrics.TrainLoss] = loss * (1 + 11*0x1p-20)
	if near := Near(c, a, got); !strings.Contains(near.Difference, "apart where it may be 1e-5") {
		t.Errorf("eleven times as far: %q", near.Difference)
	}
	b.Curve[last].Values[metrics.GradNorm] = math.NaN()
	if _, err := Measured(b, a); err == nil {
		t.Error("a number is absent in one of them")
	}
	b.Steps++
	if _, err := Measured(b, a); err == nil {
		t.Error("one has more steps")
	}
}
