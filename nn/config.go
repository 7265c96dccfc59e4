package nn

// Config: the sizes of a model, and the check that they are possible.

import (
	"fmt"

	"ranksweep/paper/number"
)

// Config is a model's architecture.
type Config struct {
	Vocab   int // V, size of the vocabulary
	Dim     int // C, channels of the residual stream
	Layers  int // L
	Heads   int // H, query heads
	KVHeads int // K, key and value heads; divides Heads
	HeadDim int // D, channels per head; even, since rotary positions turn pairs
	Hidden  int // F, feed-forward width
	Context int // the longest sequence, in tokens

	NormEps   float64 // added to the mean square, or variance, in norms
	RopeTheta float64 // base of the rotary frequencies
	TiedHead  bool    // the head shares the embedding's weights

	Variant // differences from LLaMA
}

// Validate reports the first size that is impossible.
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
	if c.RotaryDim == 0 && c.rotaryDim()%2 != 0 {
		return fmt.Errorf("nn: head dim %d: must be even, rotary positions turn pairs of channels", c.HeadDim)
	}
	if !(c.NormEps >= 0) {
		return fmt.Errorf("nn: norm epsilon %s: must be at least 0", number.Full(c.NormEps))
	}
	if !(c.RopeTheta > 0) && c.rotaryDim() > 0 {
		return fmt.Errorf("nn: rope theta %s: must be above 0", number.Full(c.RopeTheta))
	}
	return c.Variant.validate(c)
}

// Params returns the number of weights; a tied head counts once.
func (c Config) Params() int {
	q, qkv, in := c.widths()
	affine := func(n int, bias bool) int {
		if bias {
			return 2 * n
		}
		return n
	}
	linear := func(out, in int, bias bool) int {
		if bias {
			in++
		}
		return out * in
	}
	norm := affine(c.Dim, c.LayerNorm)
	block := linear(qkv, c.Dim, c.QKVBias) + linear(c.Dim, q, c.OutBias) +
		linear(in, c.Dim, c.MLPBias) + linear(c.Dim, c.Hidden, c.MLPBias) + 2*norm
	if c.OneNorm {
		block -= norm
	}
	if c.PostNorms {
		block += 2 * norm
	}
	if c.QKNorm {
		block += 2 * c.HeadDim
	}
	n := c.Vocab*c.Dim + c.Positions*c.Dim + c.Layers*block + norm
	if !c.TiedHead {
		n += c.Vocab * c.Dim
	}
	if c.HeadBias {
		n += c.Vocab
	}
	return n
}

// widths returns the number of outputs of q, of q, k and v together, and of gate and up
// together.
func (c Config) widths() (q, qkv, in int) {
	q = c.Heads * c.HeadDim
	in = 2 * c.Hidden
	if c.Ungated {
		in = c.Hidden
	}
	return q, q + 2*c.KVHeads*c.HeadDim, in
}
