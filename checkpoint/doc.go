// Package checkpoint reads and writes models as Hugging Face folders:
// config.json, weights in safetensors files, and what package tokenizer reads.
// It reads GGUF files too, whose metadata it turns into the config.json that
// says the same; gguf/testdata/generate.py makes the goldens of these.
//
// Files are mapped into memory. Weights in float32 are used where they lie,
// others converted one tensor at a time, or left as they are by LoadStored.
//
// Nothing in a folder is believed before it is checked: sizes are compared
// with the files' lengths before memory is taken, and whatever this package
// does not implement (an architecture, a kind of rotary scaling) is refused by
// name, since loading it approximately would give a model that is silently
// another one.
//
// Parsing and laying out safetensors is github.com/nlpodyssey/safetensors;
// conversion to and from float32 is this package's own.
package checkpoint
