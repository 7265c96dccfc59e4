// Package gguf reads GGUF files, versions 2 and 3, the format of llama.cpp's models: their
// metadata, their tensors, and the values of quantized tensors.
//
// The container follows ggml's docs/gguf.md, and the forms of blocks follow ggml-quants.c.
// Values are computed in float32, with the operations in the order of that source file,
// each rounded. A C compiler may fuse a multiplication with an addition, and then differs
// in the last bit.
//
// Everything in a file is checked before it is used: every count, length and offset is
// compared with the bytes that are there before memory is taken for it.
package gguf
