package peft

import (
	"context"
	"errors"
	"path/filepath"
	"testing"

	"ranksweep/experiments"
	"ranksweep/lora/peft/pefttest"
	"ranksweep/metrics"
	"ranksweep/nn"
	"ranksweep/results"
	"ranksweep/train"
	"ranksweep/train/resume"
)

// kept keeps checkpoints of a run in a store, and fails the test if anything is noted.
func kept(t *testing.T, ctx context.Context, store string, from *int) *resume.Keeper {
	k := &resume.Keeper{
		Store: results.Open(store), Of: resume.Identity{Run: "0f3c"}, Bell: new(resume.Bell),
		Resume: func(step int) { *from = step }, Note: func(text string) { t.Error(text) },
	}
	k.Begin(ctx)
	return k
}

// once is how far a run that went on may be from one that was not interrupted: PyTorch rounds
// a product otherwise now and then, by where its arrays lie in memory.
var once = results.Tolerance{Losses: 1e-6, Sizes: 1e-6}

// sameOutcome holds two outcomes to each other.
func sameOutcome(t *testing.T, name string, got, want train.Outcome) {
	t.Helper()
	run := func(o train.Outcome) results.Run {
		return results.Run{Status: o.Status, Steps: o.Steps, Tokens: o.Tokens, Curve: o.Curve, Modules: o.Modules,
			Validation: o.Validation}
	}
	near := results.Near(run(got), run(want), once)
	if near.Difference != "" {
		t.Errorf("%s: %s", name, near.Difference)
	}
	if near.Largest > 0 {
		t.Logf("%s: the largest difference is %.1e, of %s", name, near.Largest, near.What)
	}
	if len(got.Adapters) != len(want.Adapters) {
		t.Fatalf("%s: %d adapters, want %d", name, len(got.Adapters), len(want.Adapters))
	}
	for i, a := range got.Adapters {
		w := want.Adapters[i]
		if d := max(apart(a.A.Data, w.A.Data), apart(a.B.Data, w.B.Data), apart(a.Magnitude, w.Magnitude)); d > 1e-6 {
			t.Errorf("%s: the adapter of %s differs by %.1e", name, a.Module, d)
		}
	}
}

// TestResumedIsTheSame: a run that goes on from a checkpoint has the numbers of the run that
// wrote it and went on, under every optimizer and method.
func TestResumedIsTheSame(t *testing.T) {
	b, source := newBoth(t), pefttest.Letters(t, 40)
	var all []experiments.Config
	for _, optimizer := range nn.Optimizers() {
		c := of(config(filepath.Join(goldens, "llama"), source), optimizer)
		c.Train.WeightDecay = 0.1
		if c.Validate() == nil { // not every optimizer trains LoRA
			all = append(all, c)
		}
	}
	for _, method := range b.methods(t) {
		c := config(filepath.Join(goldens, "gpt2"), source)
		c.Adapter.Method = method
		all = append(all, experiments.Point{Config: c}.Canonical().Config)
	}
	for _, method := range []string{"lora", "dora"} {
		c := config(filepath.Join(goldens, "llama"), source)
		c.Adapter.Method, c.Adapter.Dropout = method, 0.3
		all = append(all, c)
	}
	half := config(filepath.Join(goldens, "llama"), source)
	half.Train.Precision = "fp16"
	all = append(all, half)
	plain := config(filepath.Join(goldens, "llama"), source)
	plain.Train.Eps = 0
	for _, c := range append(all, plain) {
		name := c.Train.Optimizer + " " + c.Adapter.Method + " " + c.Train.Precision
		store, from := t.TempDir(), 0
		var want train.Outcome
		for written := false; !written; { // unless the program was done before it was asked
			k := kept(t, t.Context(), store, &from)
			k.Bell.Ring()
			var err error
			want, err = b.there.Resume(t.Context(), c, k, func(metrics.Point) {})
			check(t, err)
			_, err = k.Store.ReadCheckpoint(k.Of.Run)
			written = err == nil
		}
		got, err := b.there.Resume(t.Context(), c, kept(t, t.Context(), store, &from), func(metrics.Point) {})
		check(t, err)
		if from == 0 {
			t.Errorf("%s: starts anew", name)
		}
		sameOutcome(t, name, got, want)
	}
}

// TestInterruptedGoesOn: a run that is interrupted is saved at its next step, and goes on in
// another process to the numbers of a run that was left alone.
func TestInterruptedGoesOn(t *testing.T) {
	b := newBoth(t)
	c := config(filepath.Join(goldens, "llama"), pefttest.Letters(t, 40))
	c.Train.Steps = 100
	want, err := b.there.Train(t.Context(), c, func(metrics.Point) {})
	check(t, err)
	store, from := t.TempDir(), 0
	ctx, interrupt := context.WithCancel(t.Context())
	_, err = b.there.Resume(ctx, c, kept(t, ctx, store, &from), func(p metrics.Point) {
		if p.Step == 3 {
			interrupt()
		}
	})
	if !errors.Is(err, context.Canceled) {
		t.Fatalf("an interrupted run ends with %v", err)
	}
	got, err := b.there.Resume(t.Context(), c, kept(t, t.Context(), store, &from), func(metrics.Point) {})
	check(t, err)
	if from < 4 {
		t.Errorf("goes on from step %d", from)
	}
	sameOutcome(t, "interrupted", got, want)
}
