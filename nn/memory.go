package nn

// PassBytes is the memory that [NewPass] takes for batches of at most tokens
// tokens through a model of c, beside the model and the maps.
func (c Config) PassBytes(tokens int) int64 {
	n, q, kv := int64(tokens), int64(c.Heads*c.HeadDim), int64(c.KVHeads*c.HeadDim)
	dim, hidden := int64(c.Dim), int64(c.Hidden)
	longest := int64(min(c.Context, tokens))

	norm := n * (2*dim + 1)
	layer := 2*norm + n*(2*q+2*kv+int64(c.Heads)+3*hidden)
	gradients := n * (2*dim + 2*q + 2*kv + 3*hidden)
	rope := longest * int64(c.HeadDim)
	scores := 2 * queryBlock * longest
	head := int64(min(headBlock, tokens)) * (2*dim + int64(c.Vocab))
	const float, position = 4, 8
	return float*(int64(c.Layers)*layer+norm+gradients+rope+scores+head) + position*n
}

// StateBytes is the memory of what an optimizer of c remembers of params, of
// which only the shapes count.
func (c OptimizerConfig) StateBytes(params []Param) int64 {
	v, err := variantOf(c.Name)
	if err != nil {
		return 0
	}
	var floats int64
	for _, p := range params {
		floats += v.state(c, int64(p.Rows), int64(p.Cols))
	}
	return 4 * floats
}
