package tokenizer_test

import (
	"context"
	"fmt"
	"log"
	"slices"

	"ranksweep/tokenizer"
)

func ExampleTokenizer() {
	tok := tokenizer.NewByteTokenizer()
	ctx := context.Background()
	prompt, err := tok.Encode(ctx, "add:")
	if err != nil {
		log.Fatal(err)
	}
	rest, err := tok.EncodePiece(ctx, " a+b")
	if err != nil {
		log.Fatal(err)
	}
	eos, _ := tok.EOS()
	ids := slices.Concat(prompt, rest, []int32{eos})
	text, err := tok.Decode(ctx, ids)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Printf("%d\n%q\n", ids, text)
	// Output:
	// [97 100 100 58 32 97 43 98 256]
	// "add: a+b"
}
