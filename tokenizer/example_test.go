package tokenizer_test

import (
	"fmt"

	"ranksweep/tokenizer"
)

func ExampleTokenizer() {
	tok := tokenizer.NewByteTokenizer()
	eos, _ := tok.EOS()
	ids := append(tok.Encode("add:"), tok.EncodePiece(" a+b")...)
	ids = append(ids, eos)
	fmt.Println(ids)
	fmt.Printf("%q\n", tok.Decode(ids))
	// Output:
	// [97 100 100 58 32 97 43 98 256]
	// "add: a+b"
}
