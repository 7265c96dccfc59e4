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

// TestVerifySeesAnotherNumber: verify finds a number that was changed in its last bits, with
// the right checksum.
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
		!strings.HasSuffix(said.String(), "sweep: 1 of 1 runs differ from the stored ones\n") {
		t.Errorf("exit status %d\n%s%s", code, &out, &said)
	}
}

// TestVerifyAcrossKernels: a run by a kernel that rounds differently is the same within the
// tolerance, which verify prints, and differs beyond it. Runs by kernels in assembly must be
// equal to the byte.
func TestVerifyAcrossKernels(t *testing.T) {
	oneRun(t)
	for _, test := range []struct {
		kernel string
		apart  float64
		code   int
		want   string
	}{
		{"another", 0, 0, "  same\n"},
		{"another", 0.5 * results.BetweenKernels.Losses, 0, "  same within the tolerances between kernels, " +
			"1e-4 for losses and 0.005 for other quantities (another then, " + kernel.Name() +
			" now); the largest difference is 5e-5, in train_loss at step 3\n"},
		{"another", 2 * results.BetweenKernels.Losses, 1, "  differs: train_loss at step 3 is "},
		{kernel.Name(), 0.5 * results.BetweenKernels.Losses, 1, "  differs: train_loss at step 3 is "},
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

// TestVerifyOfAnEarlierProgram: a quantity that its record lacks is not compared.
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
