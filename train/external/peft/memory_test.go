package peft

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"ranksweep/lora/peft/pefttest"
	"ranksweep/metrics"
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
