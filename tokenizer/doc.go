// Package tokenizer turns text into token ids and back, as described by a tokenizer.json or by
// the metadata of a GGUF file.
//
// It gives the same ids as Hugging Face's tokenizers 0.23, down to the version of Unicode that
// each part of that library follows. testdata/generate.py makes goldens that test this.
//
// A setting that this package does not implement is refused by name, since ignoring it would
// give other ids than those with which the model was trained.
//
// Tokenizers of strangers are bounded (budget.go): a hostile one ends with an error within about a
// second for a short text, and within memory that is a multiple of a long one.
package tokenizer
