package nn

// PassBytes is the memory that [NewPass] takes for batches of at most tokens
// tokens through a model of c, beside the model and the maps.
func (c Config) PassBytes(tokens int) int64 {
	q, qkv, in := c.widths()
	norm := 2*c.Dim + 1 // floats a token
	if c.LayerNorm {
		norm++
	}
	layer := 2*norm + qkv + q + c.Heads + in + c.Hidden
	gradients := 2*c.Dim + qkv + q + in + c.Hidden
	if c.QKNorm {
		layer += (c.Heads + c.KVHeads) * (c.HeadDim + 1)
	}
	if c.Parallel {
		gradients += c.Dim
	}
	n, longest := int64(tokens), int64(min(c.Context, tokens))
	perToken := int64(c.Layers)*int64(layer) + int64(norm+gradients)
	rope := longest * int64(c.rotaryDim())
	qkNorm := int64(0)
	if c.QKNorm {
		qkNorm = int64(c.HeadDim)
	}
	scores := 2 * queryBlock * longest
	head := int64(min(headBlock, tokens)) * int64(2*c.Dim+c.Vocab)
	const float, position = 4, 8
	return float*(n*perToken+rope+qkNorm+scores+head) + position*n
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
