package nn_test

import (
	"fmt"
	"log"
	"math/rand/v2"

	"ranksweep/nn"
)

// A model of 16 words learns to count. Any number of passes can share its weights; this pass
// trains all of them and holds their gradients.
func Example() {
	model, err := nn.New(nn.Config{
		Vocab: 16, Dim: 16, Layers: 1, Heads: 2, KVHeads: 1, HeadDim: 8, Hidden: 32,
		Context: 8, NormEps: 1e-5, RopeTheta: 10000, TiedHead: true,
	})
	if err != nil {
		log.Fatal(err)
	}
	model.Init(rand.New(rand.NewPCG(1, 2)))

	// Two sequences of different lengths, end to end. The token after the first one of each
	// sequence does not count in the loss.
	var batch nn.Batch
	batch.Append([]int32{1, 2, 3, 4, 5}, []int32{nn.Unscored, 3, 4, 5, 6})
	batch.Append([]int32{9, 10, 11}, []int32{nn.Unscored, 11, 12})

	pass, err := nn.NewFullPass(model, len(batch.Tokens))
	if err != nil {
		log.Fatal(err)
	}
	config, err := nn.DefaultOptimizer("adamw")
	if err != nil {
		log.Fatal(err)
	}
	optimizer, err := nn.NewOptimizer(config, pass.Params())
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(batch.Scored(), "of", len(batch.Tokens), "positions are scored")
	for step := range 41 {
		for _, p := range pass.Params() {
			clear(p.Grad) // Gradient adds to it
		}
		loss, err := pass.Gradient(&batch, 1/float32(batch.Scored()))
		if err != nil {
			log.Fatal(err)
		}
		if step%20 == 0 {
			fmt.Printf("step %2d: %.1f nats a token\n", step, loss/float64(batch.Scored()))
		}
		optimizer.Step(nn.UniformRate(0.01))
	}
	// Output:
	// 6 of 8 positions are scored
	// step  0: 2.8 nats a token
	// step 20: 0.6 nats a token
	// step 40: 0.1 nats a token
}
