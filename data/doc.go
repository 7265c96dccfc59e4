// Package data turns text files into sequences of tokens, splits off a validation set, and
// draws the batches of each step. Batches depend only on the seed and the step.
//
// Load reads the examples of a source. Encode turns examples into sequences of tokens, and
// marks the tokens that are scored. Sampler draws batches of sequences.
//
// Nothing here knows of rank or scaling, so every run of a grid with the same seed sees the
// same tokens in the same order.
package data
