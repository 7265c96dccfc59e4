package checkpoint_test

import (
	"fmt"
	"log"
	"math/rand/v2"
	"os"
	"path/filepath"

	"ranksweep/checkpoint"
	"ranksweep/nn"
	"ranksweep/tokenizer"
)

func Example() {
	model, err := nn.New(nn.Config{
		Vocab: 257, Dim: 32, Layers: 2, Heads: 4, KVHeads: 2, HeadDim: 8, Hidden: 64,
		Context: 128, NormEps: 1e-5, RopeTheta: 10000, TiedHead: true,
	})
	if err != nil {
		log.Fatal(err)
	}
	model.Init(rand.New(rand.NewPCG(1, 2)))

	dir, err := os.MkdirTemp("", "example")
	if err != nil {
		log.Fatal(err)
	}
	defer os.RemoveAll(dir)
	fresh := &checkpoint.Checkpoint{Model: model, Tokenizer: tokenizer.NewByteTokenizer()}
	if err := checkpoint.Save(dir, fresh, checkpoint.BF16); err != nil {
		log.Fatal(err)
	}

	c, err := checkpoint.Load(dir)
	if err != nil {
		log.Fatal(err)
	}
	info, err := os.Stat(filepath.Join(dir, "model.safetensors"))
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println("parameters:", c.Model.Config.Params())
	fmt.Println("bytes:", info.Size())
	fmt.Println("embedding:", c.Model.Embedding.Rows, "by", c.Model.Embedding.Cols)
	// Output:
	// parameters: 26816
	// bytes: 55672
	// embedding: 257 by 32
}
