package data_test

import (
	"context"
	"fmt"
	"log"

	"ranksweep/data"
	"ranksweep/nn"
	"ranksweep/tokenizer"
)

// From a file to the batch of a step.
func Example() {
	corpus, err := data.Load("testdata/quiz.jsonl")
	if err != nil {
		log.Fatal(err)
	}
	set, err := data.Encode(context.Background(), corpus, tokenizer.NewByteTokenizer(), data.Settings{
		Loss:       data.LossCompletion,
		Context:    32,
		Validation: 1,
	})
	if err != nil {
		log.Fatal(err)
	}
	var batch nn.Batch
	sampler := data.NewSampler(new(nn.Arena), set.Train, 1)
	for step := range 3 {
		sampler.Batch(&batch, step, 2)
		fmt.Println("step", step, "trains on", batch.Scored(), "of", len(batch.Tokens), "tokens")
	}
	data.Fill(&batch, set.Val)
	fmt.Println("held out:", len(set.Val), "of", corpus.Len())
	// Output:
	// step 0 trains on 14 of 18 tokens
	// step 1 trains on 5 of 13 tokens
	// step 2 trains on 15 of 19 tokens
	// held out: 1 of 4
}

func ExampleLoad() {
	corpus, err := data.Load("testdata/quiz.jsonl")
	if err != nil {
		log.Fatal(err)
	}
	for _, segment := range corpus.Example(0) {
		fmt.Printf("%q\n", segment.Text)
	}
	// Output:
	// "2+3?\n"
	// "5"
}
