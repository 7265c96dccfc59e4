// Package checkpoint reads and writes models as Hugging Face folders, which hold
// config.json, weights in safetensors files, and the files that package tokenizer reads.
// It also reads GGUF files, and turns their metadata into an equivalent config.json;
// gguf/testdata/generate.py makes the goldens for these.
//
// Files are mapped into memory. Weights in float32 are used in place. Other weights are
// converted one tensor at a time, or kept in their form by LoadStored.
//
// Everything in a folder is checked before it is used: sizes are compared with the files'
// lengths before memory is taken. Anything that this package does not implement, such as
// an architecture or a kind of rotary scaling, is refused by name, since ignoring it would
// silently give another model.
//
// The module github.com/nlpodyssey/safetensors parses and lays out safetensors files;
// conversion to and from float32 is done here.
package checkpoint
