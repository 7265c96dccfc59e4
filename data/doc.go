// Package data turns files and recipes into token sequences, and splits and
// batches them as a deterministic function of seed and step.
//
// The way is Load, Encode, Sampler: from a source's text to examples, from
// examples to sequences of a tokenizer's tokens with what is scored of them,
// from sequences to batches.
//
// Nothing here knows of rank or scaling, so every run of a grid with the same
// seed sees the same tokens in the same order.
package data
