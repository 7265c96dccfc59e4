package pretrain

import (
	"context"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"ranksweep/nn/kernel"
)

func TestMain(m *testing.M) {
	if err := kernel.Use(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	os.Exit(m.Run())
}

func testRecipe(t *testing.T) Recipe {
	t.Helper()
	dir := t.TempDir()
	text, held := filepath.Join(dir, "text.txt"), filepath.Join(dir, "held.txt")
	check(t, os.WriteFile(text, []byte(strings.Repeat("the quick brown fox jumps over the lazy dog. ", 100)), 0o666))
	check(t, os.WriteFile(held, []byte(strings.Repeat("the lazy dog jumps over the quick brown fox. ", 9)), 0o666))
	r, err := ParseRecipe("test.yaml", []byte("data: "+text+"\nheld: "+held+`
seed: 3
model: {vocab: 265, dim: 16, layers: 1, heads: 2, hidden: 24, context: 32}
train: {lr: 0.01, schedule: cosine, warmup: 3, floor: 0.1, steps: 12, batch: 4, beta1: 0.9, beta2: 0.95, eps: 1e-8,
  weight_decay: 0.1, clip: 1, shards: 2}
eval_every: 4
eval_sequences: 5
checkpoint_every: 5
`))
	check(t, err)
	return r
}

func check(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func read(t *testing.T, dir, name string) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(dir, name))
	check(t, err)
	return string(text)
}

// TestResumedPretrainingIsTheSame: a pretraining that was stopped twice leaves the same bytes as
// an undisturbed one, its loss falls, and its card describes it.
func TestResumedPretrainingIsTheSame(t *testing.T) {
	r := testRecipe(t)
	whole, parts := t.TempDir(), t.TempDir()
	var losses []float64
	check(t, Run(context.Background(), whole, r, func(p Progress) { losses = append(losses, p.TrainLoss) }))
	if len(losses) != 12 || !(losses[11] < losses[0]-0.3) {
		t.Errorf("losses %v: want 12 that fall", losses)
	}
	for _, stop := range []int{4, 7} {
		stopAt(t, parts, r, stop)
	}
	check(t, Run(context.Background(), parts, r, func(Progress) {}))
	for _, name := range []string{"model.safetensors", "config.json", "tokenizer.json", "recipe.yaml"} {
		if read(t, whole, name) != read(t, parts, name) {
			t.Errorf("%s differs after two stops", name)
		}
	}
	if a, b := withoutSeconds(read(t, whole, "log.csv")), withoutSeconds(read(t, parts, "log.csv")); a != b {
		t.Errorf("log.csv differs:\n%s\n%s", a, b)
	}
	card := read(t, whole, "README.md")
	for _, want := range []string{"| held-out bits per byte | **", "12 steps", "dim 16, 1 layers"} {
		if !strings.Contains(card, want) {
			t.Errorf("the card lacks %q:\n%s", want, card)
		}
	}
	if strings.Contains(card, "Go authors") {
		t.Errorf("the card credits the Go authors with a text of one's own:\n%s", card)
	}
	if _, err := os.Stat(filepath.Join(whole, stateFile)); !os.IsNotExist(err) {
		t.Errorf("a finished pretraining leaves %s", stateFile)
	}

	check(t, os.Remove(filepath.Join(whole, cardFile)))
	check(t, Run(context.Background(), whole, r, func(Progress) { t.Error("a finished model is trained on") }))
	read(t, whole, "README.md")
	r.Seed++
	if err := Run(context.Background(), whole, r, func(Progress) {}); err == nil ||
		!strings.Contains(err.Error(), "is of another recipe") {
		t.Errorf("another recipe in the same folder: %v", err)
	}
}

func withoutSeconds(log string) string {
	var rows []string
	for _, row := range strings.Split(log, "\n") {
		if i := strings.LastIndex(row, ","); i >= 0 {
			rows = append(rows, row[:i])
		}
	}
	return strings.Join(rows, "\n")
}

// TestShardsAddUp: two shards give the gradient of one, up to the rounding of sums in another
// order.
func TestShardsAddUp(t *testing.T) {
	norms := map[int]float64{}
	for _, shards := range []int{1, 2} {
		r := testRecipe(t)
		r.Train.Shards, r.Train.Steps = shards, 3
		check(t, r.validate())
		check(t, Run(context.Background(), t.TempDir(), r, func(p Progress) {
			if p.Step == 1 {
				norms[shards] = p.GradNorm
			}
		}))
	}
	if !(math.Abs(norms[1]-norms[2]) < 1e-5*norms[1]) {
		t.Errorf("gradient norm %g in one shard, %g in two", norms[1], norms[2])
	}
}

func TestRecipeRefuses(t *testing.T) {
	for want, text := range map[string]string{
		"is empty":      "",
		"field dims":    "model: {dims: 3}",
		"train.batch 0": "seed: 1",
		"must divide": "{train: {batch: 4, shards: 3, lr: 1, steps: 2, schedule: constant}, model: {dim: 8, " +
			"heads: 2}, eval_every: 1, eval_sequences: 1, checkpoint_every: 1}",
		"unknown schedule": "{train: {batch: 4, shards: 2, lr: 1, steps: 2, schedule: sine}, model: {dim: 8, heads: " +
			"2}, eval_every: 1, eval_sequences: 1, checkpoint_every: 1}",
		"learning rate -1": "{train: {batch: 4, shards: 2, lr: -1, steps: 2, schedule: constant}, model: {dim: 8, " +
			"heads: 2}, eval_every: 1, eval_sequences: 1, checkpoint_every: 1}",
	} {
		if _, err := ParseRecipe("r.yaml", []byte(text)); err == nil || !strings.Contains(err.Error(), want) ||
			!strings.HasPrefix(err.Error(), "pretrain: r.yaml: ") {
			t.Errorf("error %v, want one with %q", err, want)
		}
	}
}
