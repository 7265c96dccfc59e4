package pretrain_test

import (
	"context"
	"fmt"
	"log"
	"os"
	"path/filepath"
	"strings"

	"ranksweep/checkpoint"
	"ranksweep/pretrain"
)

// A tiny model of one sentence, from nothing to a folder that can be loaded.
func Example() {
	dir, err := os.MkdirTemp("", "example")
	if err != nil {
		log.Fatal(err)
	}
	defer os.RemoveAll(dir)
	text := filepath.Join(dir, "text.txt")
	if err := os.WriteFile(text, []byte(strings.Repeat("the quick brown fox. ", 50)), 0o666); err != nil {
		log.Fatal(err)
	}
	recipe, err := pretrain.ParseRecipe("fox.yaml", []byte(`
data: `+text+`
held: `+text+`
model: {vocab: 265, dim: 16, layers: 1, heads: 2, hidden: 24, context: 32}
train: {lr: 0.02, schedule: constant, steps: 20, batch: 4, beta1: 0.9, beta2: 0.95, eps: 1e-8, clip: 1, shards: 2}
eval_every: 10
eval_sequences: 4
checkpoint_every: 10
`))
	if err != nil {
		log.Fatal(err)
	}
	base := filepath.Join(dir, "base")
	err = pretrain.Run(context.Background(), base, recipe, func(p pretrain.Progress) {
		if p.Step%10 == 0 {
			fmt.Printf("step %d of %d: %.1f bits per byte\n", p.Step, p.Steps, p.Held)
		}
	})
	if err != nil {
		log.Fatal(err)
	}
	c, err := checkpoint.Load(base)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(c.Model.Config.Params(), "parameters")
	// Output:
	// step 10 of 20: 2.2 bits per byte
	// step 20 of 20: 1.8 bits per byte
	// 6464 parameters
}
