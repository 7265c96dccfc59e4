package peft

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"ranksweep/experiments"
	"ranksweep/lora/peft/pefttest"
	"ranksweep/metrics"
	"ranksweep/nn"
	"ranksweep/train/external"
)

// TestOutOfMemory: a run for which memory runs out has failed with the sizes that fit, the process
// goes on, and a run of these sizes trains what the first one would have. No test has so little
// memory: batches of more than one sequence pretend to find none.
func TestOutOfMemory(t *testing.T) {
	b := newBoth(t)
	dir := t.TempDir()
	check(t, os.CopyFS(dir, Program("").Source))
	check(t, os.WriteFile(filepath.Join(dir, "small.py"), []byte(`
import torch
from ranksweep_peft import batches, serve

loss = batches.Batch.loss
def limited(batch, model):
    if len(batch.tokens) > 1:
        raise torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 2.00 GiB.")
    return loss(batch, model)
batches.Batch.loss = limited
serve.main()
`), 0o666))
	small := Program(pefttest.Python(t))
	small.Source, small.Main = os.DirFS(dir), "small.py"
	x := external.New(t.Context(), small, b.there.Here, []string{external.CPU})
	defer x.Close()
	c := config(filepath.Join(goldens, "llama"), pefttest.Letters(t, 40))
	c.Train.Batch, c.Train.Accumulate = 3, 2
	_, err := x.Train(t.Context(), c, func(metrics.Point) {})
	for _, want := range []string{
		"external: trainer peft: out of memory: OutOfMemoryError: CUDA out of memory. Tried to allocate 2.00 GiB.; ",
		"by the estimate batch 1 with accumulate 6 fits, and makes the same updates",
	} {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v, want %s", err, want)
		}
	}
	parts := c
	parts.Train.Batch, parts.Train.Accumulate = 1, 6
	got, err := x.Train(t.Context(), parts, func(metrics.Point) {})
	check(t, err)
	want, err := b.here.Train(t.Context(), c, func(metrics.Point) {})
	check(t, err)
	for i, p := range got.Curve {
		point(t, p, want.Curve[i], c.Train.Steps)
	}
}

// TestMemory: the estimate is at least what a run takes, and less than half as much again. Of what
// is taken about a third is Python's.
func TestMemory(t *testing.T) {
	model := llama(t, nn.Config{Dim: 512, Layers: 4, Heads: 8, KVHeads: 8, HeadDim: 64, Hidden: 1408, Vocab: 8000})
	source := filepath.Join(t.TempDir(), "long.jsonl")
	var lines strings.Builder
	for i := range 16 {
		fmt.Fprintf(&lines, `{"prompt": "%c", "completion": "%s"}`+"\n", 'A'+i, strings.Repeat("BCDEFGHI", 64))
	}
	check(t, os.WriteFile(source, []byte(lines.String()), 0o666))
	for name, change := range map[string]func(*experiments.Config){
		"float32":      func(*experiments.Config) {},
		"bf16":         func(c *experiments.Config) { c.Train.Precision = "bf16" },
		"bf16-weights": func(c *experiments.Config) { c.Train.Precision = "bf16-weights" },
		"recomputing":  func(c *experiments.Config) { c.Train.GradientCheckpointing = true },
		"eager":        func(c *experiments.Config) { c.Train.Attention = "eager" },
		"rank":         func(c *experiments.Config) { c.Adapter.Rank, c.Train.Batch = 512, 2 },
		"dora":         func(c *experiments.Config) { c.Adapter.Method = "dora" },
		"full": func(c *experiments.Config) {
			c.Adapter.Method = "full"
			*c = experiments.Point{Config: *c}.Canonical().Config
		},
	} {
		t.Run(name, func(t *testing.T) {
			b := newBoth(t) // a process that has not held other runs
			c := config(model, source)
			c.Train.Batch, c.Train.Accumulate, c.Train.Steps, c.Train.Context = 4, 1, 2, 1024
			c.Data.Validation, c.Measure.Probe = 4, 4
			change(&c)
			m, err := b.there.Resolve(t.Context(), c)
			check(t, err)
			o, err := b.there.Train(t.Context(), c, func(metrics.Point) {})
			check(t, err)
			if o.Peak == 0 {
				t.Skip("skipped: this system does not say how much memory a process took")
			}
			ratio := float64(m.Bytes) / float64(o.Peak)
			t.Logf("estimate %d MB, used %d MB: %.2f", m.Bytes>>20, o.Peak>>20, ratio)
			if !(ratio >= 1 && ratio < 1.5) {
				t.Errorf("the estimate is %.2f of what is used", ratio)
			}
		})
	}
}
