package main

import (
	"fmt"
	"runtime"
	"testing"

	"ranksweep/nn"
	"ranksweep/nn/heaptest"
	"ranksweep/nn/kernel"
)

// BenchmarkStep is one step of one run, at the precisions and ranks at which bench/compare compares with other
// programs.
func BenchmarkStep(b *testing.B) {
	if err := kernel.Use(); err != nil {
		b.Fatal(err)
	}
	for _, precision := range []string{"float32", "bf16"} {
		w, err := newRandomWork(precision == "bf16")
		if err != nil {
			b.Fatal(err)
		}
		for _, rank := range []int{8, 64, 512, 2048} {
			b.Run(fmt.Sprintf("%s/rank=%d", precision, rank), func(b *testing.B) { w.benchmark(b, rank) })
		}
	}
}

func (w *work) benchmark(b *testing.B, rank int) {
	r, err := w.newRun(rank)
	if err != nil {
		b.Fatal(err)
	}
	if err := r.step(); err != nil { // the first step makes the kernels' buffers
		b.Fatal(err)
	}
	runtime.GC() // or the collector runs in the steps, for the memory that newRun took, and allocates for itself
	b.ReportAllocs()
	for b.Loop() {
		if err := r.step(); err != nil {
			b.Fatal(err)
		}
	}
	steps := float64(b.N)
	b.ReportMetric(steps*float64(w.tokens())/b.Elapsed().Seconds(), "tokens/s")
	b.ReportMetric(steps*r.flops()/float64(b.Elapsed().Nanoseconds()), "GFLOPS")
}

// shorten leaves each batch its first tokens, so many of its first sequence.
func (w *work) shorten(tokens int) {
	for i := range w.batches {
		b := w.batches[i]
		w.batches[i] = nn.Batch{}
		w.batches[i].Append(b.Tokens[:tokens], b.Targets[:tokens])
	}
}

// TestStepAllocatesNothing at the smallest and at the largest rank, in each precision.
func TestStepAllocatesNothing(t *testing.T) {
	if err := kernel.Use(); err != nil {
		t.Fatal(err)
	}
	for _, bf16 := range []bool{false, true} {
		w, err := newRandomWork(bf16)
		if err != nil {
			t.Fatal(err)
		}
		w.shorten(16)
		for _, rank := range []int{8, 2048} {
			r, err := w.newRun(rank)
			if err != nil {
				t.Fatal(err)
			}
			const steps = 2
			if n := heaptest.Allocations(steps, func() {
				if err := r.step(); err != nil {
					t.Error(err)
				}
			}); n != 0 {
				t.Errorf("rank %d, bf16: %t: %d allocations in %d steps", rank, bf16, n, steps)
			}
		}
	}
}

// TestRunsSideBySideAreTheSameRun: all runs have the losses of the first run, which bench/compare
// reports.
func TestRunsSideBySideAreTheSameRun(t *testing.T) {
	w, err := newRandomWork(false)
	if err != nil {
		t.Fatal(err)
	}
	w.shorten(context) // one sequence of each batch is enough, and fast
	var runs []*run
	for range 2 {
		r, err := w.newRun(8)
		if err != nil {
			t.Fatal(err)
		}
		runs = append(runs, r)
	}
	if err := train(runs, 2); err != nil {
		t.Fatal(err)
	}
	for i, loss := range runs[0].losses {
		if loss != runs[1].losses[i] {
			t.Errorf("step %d: loss %g and %g", i, loss, runs[1].losses[i])
		}
	}
	if first, second := runs[0].losses[0], runs[0].losses[1]; first == second {
		t.Errorf("the loss stays at %g", first)
	}
}
