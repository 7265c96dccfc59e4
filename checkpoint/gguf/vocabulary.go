package gguf

import (
	"cmp"

	"ranksweep/tokenizer"
)

// Vocabulary returns a file's description of its tokenizer.
func (m Metadata) Vocabulary() (*tokenizer.GGUF, error) {
	const prefix = "tokenizer.ggml."
	var v tokenizer.GGUF
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

// set reads a key that may be absent.
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
