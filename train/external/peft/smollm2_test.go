package peft

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"ranksweep/checkpoint"
	"ranksweep/lora"
)

const gsm8k = "../../../../shared/data/gsm8k/train.jsonl"

// smolLM2 returns a folder with SmolLM2-135M in float32.
func (b both) smolLM2(t *testing.T) string {
	t.Helper()
	path := os.Getenv("RANKSWEEP_SMOLLM2")
	if path == "" {
		t.Skip("skipped: needs RANKSWEEP_SMOLLM2, the path of SmolLM2-135M-Instruct.Q4_1.gguf; " +
			"checkpoint/gguf/testdata/generate.py says where to get it")
	}
	model, err := b.here.Model(path)
	check(t, err)
	folder := filepath.Join(t.TempDir(), "smollm2")
	check(t, checkpoint.Save(folder, model, checkpoint.F32))
	return folder
}

// TestSmolLM2: on a real model and real data, both trainers measure the same at every step, at
// a small and at a large rank under both schemes. AdamW's first steps are nearly signs, and some
// maps have many entries whose gradient is mostly rounding: what is held to the tolerances under
// it are the quantities of the run, and under SGD those of single maps too.
func TestSmolLM2(t *testing.T) {
	if _, err := os.Stat(gsm8k); err != nil {
		t.Skipf("skipped: needs GSM8K: %v", err)
	}
	b := newBoth(t)
	c := config(b.smolLM2(t), gsm8k)
	c.Data.Validation, c.Measure.EvalEvery, c.Measure.Probe = 2, 5, 1
	c.Train.Steps, c.Train.Batch, c.Train.Accumulate, c.Train.Context, c.Adapter.Alpha = 5, 2, 1, 96, 16
	for _, rank := range []int{8, 256} {
		for _, name := range []string{"lora", "rslora"} {
			var err error
			c.Adapter.Rank = rank
			c.Adapter.Scaling, err = lora.ParseScheme(name)
			check(t, err)
			t.Run(fmt.Sprintf("adamw %s at rank %d", name, rank), func(t *testing.T) {
				c := of(c, "adamw")
				c.Train.LR = 3e-4
				got, want := b.outcomes(t, c)
				t.Logf("largest differences: %s", curves(t, got.Curve, want.Curve, c.Train.Steps))
				b.validation(t, got.Validation, want.Validation)
			})
			t.Run(fmt.Sprintf("sgd %s at rank %d", name, rank), func(t *testing.T) {
				t.Logf("largest differences: %s", b.compare(t, of(c, "sgd")))
			})
		}
	}
}
