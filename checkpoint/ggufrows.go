package checkpoint

import "ranksweep/nn"

// turnedRows returns the place of row i of a block's part in a LLaMA file. llama.cpp's rotary
// positions turn neighbouring channels, so that its files have channel j of a head of q or k
// next to channel j + D/2.
func turnedRows(part string, c nn.Config) func(i int) int {
	if part != "attn_q" && part != "attn_k" {
		return nil
	}
	head := c.HeadDim
	return func(i int) int {
		j := i % head
		return i - j + 2*(j%(head/2)) + j/(head/2)
	}
}

// gatheredRows returns the same for GPT-NeoX. Its folders have q, k and v of each head
// together, while llama.cpp has q of all heads, then k, then v.
func gatheredRows(part string, c nn.Config) func(i int) int {
	if part != "attn_qkv" {
		return nil
	}
	return func(i int) int {
		head, which, channel := i/(3*c.HeadDim), i/c.HeadDim%3, i%c.HeadDim
		return (which*c.Heads+head)*c.HeadDim + channel
	}
}
