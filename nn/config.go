package nn

import "fmt"

// Config is a model's architecture.
type Config struct {
	Vocab   int // V, size of the vocabulary
	Dim     int // C, channels of the residual stream
	Layers  int // L
	Heads   int // H, query heads
	KVHeads int // K, key and value heads; divides Heads
	HeadDim int // D, channels a head; even, since rotary positions turn pairs
	Hidden  int // F, feed-forward width
	Context int // the longest sequence, in tokens

	NormEps   float64 // added to the mean square in RMSNorm
	RopeTheta float64 // base of the rotary frequencies
	TiedHead  bool    // the head shares the embedding's weights
}

// Validate reports the first size that no model can have.
func (c Config) Validate() error {
	for _, f := range []struct {
		name  string
		value int
	}{
		{"vocabulary", c.Vocab}, {"dim", c.Dim}, {"layers", c.Layers}, {"heads", c.Heads},
		{"kv heads", c.KVHeads}, {"head dim", c.HeadDim}, {"hidden", c.Hidden}, {"context", c.Context},
	} {
		if f.value < 1 {
			return fmt.Errorf("nn: %s %d: must be at least 1", f.name, f.value)
		}
	}
	if c.Heads%c.KVHeads != 0 {
		return fmt.Errorf("nn: %d heads do not divide into %d key/value heads", c.Heads, c.KVHeads)
	}
	if c.HeadDim%2 != 0 {
		return fmt.Errorf("nn: head dim %d: must be even, rotary positions turn pairs of channels", c.HeadDim)
	}
	if !(c.NormEps >= 0) {
		return fmt.Errorf("nn: norm epsilon %g: must be at least 0", c.NormEps)
	}
	if !(c.RopeTheta > 0) {
		return fmt.Errorf("nn: rope theta %g: must be above 0", c.RopeTheta)
	}
	return nil
}

// Params returns the number of weights, a tied head counted once.
func (c Config) Params() int {
	q, kv := c.Heads*c.HeadDim, c.KVHeads*c.HeadDim
	block := 2*c.Dim + c.Dim*(2*q+2*kv) + 3*c.Dim*c.Hidden
	n := c.Vocab*c.Dim + c.Layers*block + c.Dim
	if !c.TiedHead {
		n += c.Vocab * c.Dim
	}
	return n
}
