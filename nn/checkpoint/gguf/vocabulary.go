package gguf

import "cmp"

// Vocabulary is what a file says of its tokenizer, under tokenizer.ggml.
type Vocabulary struct {
	Model  string // gpt2, llama, …
	Pre    string // name of the pre-tokenizer; empty where none is given
	Tokens []string
	Scores []float32 // one a token; nil for none
	Types  []int     // one a token; nil for none: 1 normal, 2 unknown, 3 control, 4 user-defined, 5 unused, 6 byte
	Merges []string  // pairs with a space between them

	BOS, EOS, Unknown, Padding *int // nil for none

	AddBOS, AddEOS, AddSpacePrefix *bool // nil where the file leaves it open

	Charsmap     []byte // normalization table of SentencePiece
	ChatTemplate string
}

// Vocabulary returns the tokenizer's description.
func (m Metadata) Vocabulary() (*Vocabulary, error) {
	const prefix = "tokenizer.ggml."
	var v Vocabulary
	err := cmp.Or(
		set(&v.Model, m.String, prefix+"model"),
		set(&v.Pre, m.String, prefix+"pre"),
		set(&v.Tokens, m.Strings, prefix+"tokens"),
		set(&v.Scores, m.Floats, prefix+"scores"),
		set(&v.Types, m.Ints, prefix+"token_type"),
		set(&v.Merges, m.Strings, prefix+"merges"),
		setPointer(&v.BOS, m.Int, prefix+"bos_token_id"),
		setPointer(&v.EOS, m.Int, prefix+"eos_token_id"),
		setPointer(&v.Unknown, m.Int, prefix+"unknown_token_id"),
		setPointer(&v.Padding, m.Int, prefix+"padding_token_id"),
		setPointer(&v.AddBOS, m.Bool, prefix+"add_bos_token"),
		setPointer(&v.AddEOS, m.Bool, prefix+"add_eos_token"),
		setPointer(&v.AddSpacePrefix, m.Bool, prefix+"add_space_prefix"),
		set(&v.Charsmap, m.bytes, prefix+"precompiled_charsmap"),
		set(&v.ChatTemplate, m.String, "tokenizer.chat_template"),
	)
	return &v, err
}

func (m Metadata) bytes(key string) ([]byte, bool, error) {
	return exact[[]byte](m, key, "an array of uint8")
}

// set reads a key that need not be there.
func set[T any](to *T, read func(string) (T, bool, error), key string) error {
	v, _, err := read(key)
	*to = v
	return err
}

func setPointer[T any](to **T, read func(string) (T, bool, error), key string) error {
	v, ok, err := read(key)
	if ok {
		*to = &v
	}
	return err
}
