package lora

import "ranksweep/nn"

// Bytes counts A, B and their gradients, and what the forms of adapters keep.
func (lowRank) Bytes(c Config, targets []*nn.Linear) int64 {
	const float, bit = 4, 1
	n, r := int64(c.Tokens), int64(c.Rank)
	var floats, bits, widest int64
	factored := false
	shapes := make(map[[2]int]bool) // of the merged maps
	for _, l := range targets {
		out, in := int64(l.Out()), int64(l.In())
		widest = max(widest, out, in)
		floats += 2 * r * (out + in)
		if c.Merges(l) {
			floats += out * in
			shapes[[2]int{l.Out(), l.In()}] = true
			continue
		}
		factored = true
		floats += n * r
		if c.Dropout > 0 {
			floats += 2 * n * in
			bits += n * in
		}
	}
	if factored {
		floats += n * r
	}
	for s := range shapes {
		floats += int64(s[0]) * int64(s[1])
	}
	floats += probeBlock * (r + widest)
	return float*floats + bit*bits
}
