// Package gguf reads GGUF files, versions 2 and 3: their metadata, their
// tensors, and the values of quantized ones.
//
// The container is ggml's docs/gguf.md, the forms of blocks are those of
// ggml-quants.c. Values are computed in float32 in the order in which that
// file's source writes the operations, each rounded: a C compiler may fuse a
// multiplication with an addition, and then differs in the last bit.
//
// Nothing in a file is believed before it is checked: every count, length and
// offset is held to the bytes that are there before memory is taken for it.
package gguf
