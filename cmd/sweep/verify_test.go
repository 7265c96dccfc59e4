package main

import (
	"bytes"
	"math"
	"strings"
	"testing"

	"ranksweep/metrics"
	"ranksweep/nn/kernel"
	"ranksweep/results"
)

// TestVerifySeesAnotherNumber: one changed in its last bits, with a checksum to
// fit, is found by training the run again.
func TestVerifySeesAnotherNumber(t *testing.T) {
	oneRun(t)
	var out, said bytes.Buffer
	if code := run(t.Context(), []string{"verify", "store"}, &out, &said); code != 0 ||
		!strings.HasSuffix(out.String(), "seed=0  same\n") {
		t.Fatalf("exit status %d\n%s%s", code, &out, &said)
	}
	id := alter(t, 1+0x1p-50)
	out.Reset()
	code := run(t.Context(), []string{"verify", "store", id[:6]}, &out, &said)
	if code != 1 || !strings.Contains(out.String(), "seed=0  differs: train_loss at step 3 is ") ||
		!strings.Contains(out.String(), "; both were made with kernel ") ||
		!strings.HasSuffix(said.String(), "sweep: 1 of 1 runs differ from what is stored\n") {
		t.Errorf("exit status %d\n%s%s", code, &out, &said)
	}
}

// TestVerifyAcrossKernels: a run that a kernel made which rounds otherwise is the same
// within the tolerance, which is said, and differs beyond it; one in assembly that
// this CPU could have been is held to the byte.
func TestVerifyAcrossKernels(t *testing.T) {
	oneRun(t)
	for _, test := range []struct {
		kernel string
		apart  float64
		code   int
		want   string
	}{
		{"another", 0, 0, "  same\n"},
		{"another", 0.5 * results.LossTolerance, 0, "  same within 0.0001 of losses and 0.005 of sizes, " +
			"the tolerances between kernels (another then, " + kernel.Name() +
			" now); largest difference 5e-05 in train_loss at step 3\n"},
		{"another", 2 * results.LossTolerance, 1, "  differs: train_loss at step 3 is "},
		{kernel.Name(), 0.5 * results.LossTolerance, 1, "  differs: train_loss at step 3 is "},
	} {
		var train float64
		rewrite(t, func(r *results.Run) {
			train = r.Curve[3].Values[metrics.TrainLoss]
			r.Curve[3].Values[metrics.TrainLoss] *= 1 + test.apart
			r.Provenance.Kernel = test.kernel
		})
		var out, said bytes.Buffer
		code := run(t.Context(), []string{"verify", "store"}, &out, &said)
		if code != test.code || !strings.Contains(out.String(), test.want) {
			t.Errorf("kernel %s, %g apart: exit status %d\n%s%s", test.kernel, test.apart, code, &out, &said)
		}
		rewrite(t, func(r *results.Run) { r.Curve[3].Values[metrics.TrainLoss] = train })
	}
}

// TestVerifyOfAnEarlierProgram: what its record does not have is not compared.
func TestVerifyOfAnEarlierProgram(t *testing.T) {
	oneRun(t)
	rewrite(t, func(r *results.Run) {
		r.Validation = nil
		for i := range r.Curve {
			r.Curve[i].Values[metrics.MapOutput] = math.NaN()
		}
	})
	var out, said bytes.Buffer
	code := run(t.Context(), []string{"verify", "store"}, &out, &said)
	if code != 0 || !strings.HasSuffix(out.String(), "seed=0  same\n") {
		t.Errorf("exit status %d\n%s%s", code, &out, &said)
	}
}
