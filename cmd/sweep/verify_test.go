package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"ranksweep/metrics"
	"ranksweep/results"
)

// TestVerifySeesAnotherNumber: one changed in its last bits, with a checksum to
// fit, is found by training the run again.
func TestVerifySeesAnotherNumber(t *testing.T) {
	dir := workplace(t)
	complete(t, dir, "store", "--set", "rank=2", "--set", "scaling=lora", "--set", "seed=0")
	t.Chdir(dir)
	var out, said bytes.Buffer
	if code := run(t.Context(), []string{"verify", "store"}, &out, &said); code != 0 || !strings.HasSuffix(out.String(), "seed=0  same\n") {
		t.Fatalf("exit status %d\n%s%s", code, &out, &said)
	}
	runs, _ := results.Open("store").Runs()
	runs[0].Curve[3].Values[metrics.TrainLoss] *= 1 + 0x1p-50
	check(t, os.RemoveAll(filepath.Join("store", "runs")))
	check(t, results.Open("store").Put(runs[0]))
	out.Reset()
	code := run(t.Context(), []string{"verify", "store", runs[0].ID[:6]}, &out, &said)
	if code != 1 || !strings.Contains(out.String(), "seed=0  differs: train_loss at step 3 is ") || !strings.HasSuffix(said.String(), "sweep: 1 of 1 runs differ from what is stored\n") {
		t.Errorf("exit status %d\n%s%s", code, &out, &said)
	}
}
