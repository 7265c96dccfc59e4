// Package nn is a small decoder-only transformer in float32, forward and
// backward by hand, with its optimizers.
//
// Dimension letters are the same everywhere: N tokens of a batch, C channels
// (the model's width), H heads, K key/value heads, D channels a head, F the
// feed-forward width, V the vocabulary, L layers. A shape stands beside every
// buffer that has one, rows first.
//
// A [Model] holds weights and nothing else; any number of [Pass]es share one,
// read-only. A Pass holds what one training run needs besides: activations,
// and a [Map] in place of each linear map that is trained. Adapters attach
// there; nn knows nothing of rank or scaling.
//
// All matrix products go through gonum's blas32, whose implementation can be
// replaced by blas32.Use.
package nn
