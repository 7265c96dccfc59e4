package nn

// PassBytes is the memory that [NewPass] takes for batches of at most tokens
// tokens through a model of c, beside the model and the maps.
func (c Config) PassBytes(tokens int) int64 {
	q, qkv, in := c.widths()
	norm := c.Dim + 1 // floats a token
	if c.LayerNorm {
		norm++
	}
	norms := 2 // of a layer
	layer := qkv + q + c.Heads + in
	shared := 3*c.Dim + qkv + q + in + 2*c.Hidden
	if c.QKNorm {
		layer += (c.Heads + c.KVHeads) * (c.HeadDim + 1)
	}
	if c.Parallel {
		shared += c.Dim
	}
	if c.PostNorms {
		norms = 4
		shared += c.Dim
	}
	n, longest := int64(tokens), int64(min(c.Context, tokens))
	perToken := int64(c.Layers)*int64(norms*norm+layer) + int64(norm+shared)
	rope := longest * int64(c.rotaryDim())
	qkNorm := int64(0)
	if c.QKNorm {
		qkNorm = int64(c.HeadDim)
	}
	scores := 2 * queryBlock * longest
	head := int64(min(headBlock, tokens)) * int64(2*c.Dim+c.Vocab)
	gains, slopes := int64(0), int64(0)
	if c.UnitNorms {
		gains = int64(c.Layers*norms+1) * int64(c.Dim)
	}
	if c.ScoreCap > 0 {
		slopes += longest
	}
	if c.LogitCap > 0 {
		slopes += int64(c.Vocab)
	}
	const float, position = 4, 8
	return float*(n*perToken+rope+qkNorm+scores+head+gains+slopes) + position*n
}

// Bytes is the memory that an optimizer of c takes for params, of which only
// the shapes count: what it remembers of each and what it computes the largest
// in.
func (c OptimizerConfig) Bytes(params []Param) int64 {
	v, err := variantOf(c.Name)
	if err != nil {
		return 0
	}
	var kept, scratch int64
	for _, p := range params {
		rows, cols := int64(p.Rows), int64(p.Cols)
		kept += v.state(c, rows, cols)
		if v.scratch != nil {
			scratch = max(scratch, v.scratch(rows, cols))
		}
	}
	return 4 * (kept + scratch)
}

// Flops is the floating-point operations of the matrix products in a step of an
// optimizer of c, given the shapes of params.
func (c OptimizerConfig) Flops(params []Param) float64 {
	v, err := variantOf(c.Name)
	if err != nil || v.flops == nil {
		return 0
	}
	var sum float64
	for _, p := range params {
		sum += v.flops(float64(p.Rows), float64(p.Cols))
	}
	return sum
}
