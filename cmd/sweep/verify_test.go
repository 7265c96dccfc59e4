package main

import (
	"bytes"
	"strings"
	"testing"
)

// TestVerifySeesAnotherNumber: one changed in its last bits, with a checksum to
// fit, is found by training the run again.
func TestVerifySeesAnotherNumber(t *testing.T) {
	oneRun(t)
	var out, said bytes.Buffer
	if code := run(t.Context(), []string{"verify", "store"}, &out, &said); code != 0 || !strings.HasSuffix(out.String(), "seed=0  same\n") {
		t.Fatalf("exit status %d\n%s%s", code, &out, &said)
	}
	id := alter(t, 1+0x1p-50)
	out.Reset()
	code := run(t.Context(), []string{"verify", "store", id[:6]}, &out, &said)
	if code != 1 || !strings.Contains(out.String(), "seed=0  differs: train_loss at step 3 is ") || !strings.Contains(out.String(), "; both were made with kernel ") || !strings.HasSuffix(said.String(), "sweep: 1 of 1 runs differ from what is stored\n") {
		t.Errorf("exit status %d\n%s%s", code, &out, &said)
	}
}
