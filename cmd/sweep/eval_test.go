package main

import (
	"bytes"
	"context"
	"path/filepath"
	"testing"
)

// TestEvalIsInterrupted: the first Ctrl-C ends an evaluation too.
func TestEvalIsInterrupted(t *testing.T) {
	dir := workplace(t)
	args := []string{"eval", "--model", filepath.Join(dir, "model"), "--data", filepath.Join(dir, "sums.jsonl")}
	ctx, cancel := context.WithCancel(context.Background())
	var out, said bytes.Buffer
	if code := run(ctx, args, &out, &said); code != 0 || out.Len() == 0 {
		t.Fatalf("exit status %d\n%s", code, &said)
	}
	cancel()
	out.Reset()
	if code := run(ctx, args, &out, &said); code != 130 || out.Len() > 0 {
		t.Errorf("interrupted: exit status %d, want 130\n%s%s", code, &out, &said)
	}
}
