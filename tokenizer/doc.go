// Package tokenizer turns text into token ids and back, as a tokenizer.json or
// the metadata of a GGUF file describes.
//
// It computes what Hugging Face's tokenizers 0.23 computes, down to the version
// of Unicode that each part of it follows; testdata/generate.py makes the
// goldens that hold it to that.
//
// What a file asks for and this package does not implement is refused by name,
// since doing without it would give other ids than the model was trained on.
package tokenizer
