package checkpoint

import "ranksweep/nn"

// turnedRows returns where a file of LLaMA's has row i of a block's part: for its
// rotary positions, which turn neighbours, llama.cpp puts channel j of a head of
// q or k beside channel j + D/2.
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

// gatheredRows returns the same for GPT-NeoX, whose folders have q, k and v of a
// head together, and llama.cpp those of all heads.
func gatheredRows(part string, c nn.Config) func(i int) int {
	if part != "attn_qkv" {
		return nil
	}
	return func(i int) int {
		head, which, channel := i/(3*c.HeadDim), i/c.HeadDim%3, i%c.HeadDim
		return (which*c.Heads+head)*c.HeadDim + channel
	}
}
