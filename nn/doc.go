// Package nn is a small language model, a decoder-only transformer in float32, with
// forward and backward passes written by hand, and the optimizers that train it.
//
// Dimension letters are the same everywhere: N tokens of a batch, C channels
// (the model's width), H heads, K key/value heads, D channels per head, F the
// feed-forward width, V the vocabulary, L layers. Every buffer has its shape beside it,
// rows first.
//
// A [Model] holds weights and nothing else; any number of [Pass]es share one,
// read-only. A Pass holds everything else that one training run needs: activations, and
// a [Map] in place of each linear map that is trained. Adapters are such Maps; nn knows
// nothing of rank or scaling.
//
// All matrix products go through gonum's blas32; blas32.Use replaces its implementation.
package nn
