package main

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"ranksweep/checkpoint"
	"ranksweep/experiments"
	"ranksweep/nn"
)

// TestHandWritesWhatRunsTrainOn: the material has all batches of every seed, and each A at the
// largest rank of its seed.
func TestHandWritesWhatRunsTrainOn(t *testing.T) {
	dir := t.TempDir()
	source := filepath.Join(dir, "sums.jsonl")
	var lines strings.Builder
	for i := range 40 {
		fmt.Fprintf(&lines, "{\"prompt\": \"%d+%d=\", \"completion\": \"%d\"}\n", i, i, 2*i)
	}
	check(t, os.WriteFile(source, []byte(lines.String()), 0o666))

	c := experiments.Defaults()
	c.Data.Source, c.Data.Validation = source, 5
	c.Train.Steps, c.Train.Batch, c.Train.Context = 3, 2, 32
	var grid struct{ Runs []map[string]json.RawMessage }
	for _, c.Adapter.Rank = range []int{2, 7, 4} {
		for c.Seed = range uint64(2) {
			grid.Runs = append(grid.Runs, map[string]json.RawMessage{"config": c.JSON()})
		}
	}
	shown, err := json.Marshal(grid)
	check(t, err)
	check(t, hand(strings.NewReader(string(shown)), dir))

	for _, seed := range []string{"seed-0.safetensors", "seed-1.safetensors"} {
		got := tensors(t, dir, seed)
		if n := len(got["lengths"].Data); n != 3*2 {
			t.Errorf("%s: %d sequences, want 6", seed, n)
		}
		if a := got["model.layers.0.self_attn.q_proj.lora_A.weight"]; a.Shape[0] != 7 {
			t.Errorf("%s: A of rank %d, want 7", seed, a.Shape[0])
		}
		var sum float32
		for _, n := range got["lengths"].Data {
			sum += n
		}
		if int(sum) != len(got["tokens"].Data) || len(got["tokens"].Data) != len(got["targets"].Data) {
			t.Errorf("%s: lengths sum to %g, %d tokens, %d targets", seed, sum, len(got["tokens"].Data),
				len(got["targets"].Data))
		}
	}
	if n := len(tensors(t, dir, "validation.safetensors")["lengths"].Data); n != 5 {
		t.Errorf("%d validation sequences, want 5", n)
	}
	if hand(strings.NewReader(`{"runs": []}`), dir) == nil || hand(strings.NewReader("{"), dir) == nil {
		t.Error("no grid passes")
	}
}

func tensors(t *testing.T, dir, name string) map[string]nn.Tensor {
	t.Helper()
	list, err := checkpoint.ReadTensors(os.DirFS(dir), name)
	check(t, err)
	found := make(map[string]nn.Tensor)
	for _, x := range list {
		found[x.Name] = x
	}
	return found
}

func check(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
