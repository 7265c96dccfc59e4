package nn

// How architectures differ from LLaMA: norms, positions, biases, joined maps.

import (
	"fmt"

	"ranksweep/paper/number"
)

// Variant says how an architecture differs from LLaMA's. The zero value is LLaMA: RMSNorm,
// rotary positions, a gated feed-forward part with SiLU, no biases, one linear map for
// each of q, k, v, gate and up, and attention's output is added to the residual stream
// before the feed-forward part reads it.
type Variant struct {
	LayerNorm  bool       // norms subtract the mean, and have a bias
	QKNorm     bool       // each head of q and k has an RMSNorm before it is rotated
	Activation Activation // f of the feed-forward part; empty for SiLU
	Ungated    bool       // Down·f(Up·h), without a gate
	Parallel   bool       // x += attention(h) + feed-forward(h'), h and h' both norms of x
	OneNorm    bool       // in a parallel block, h' is h
	PostNorms  bool       // the outputs of attention and of the feed-forward part pass through a norm before x
	UnitNorms  bool       // an RMSNorm multiplies by one plus its weights

	FusedQKV    Fusion // layout of q, k and v in the output of one map
	FusedGateUp bool   // one map gives gate, then up

	QKVBias, OutBias, MLPBias, HeadBias bool // which maps add a bias

	Positions      int         // rows of the table of learned positions; 0: positions are rotary
	PositionOffset int         // row of the first position
	RotaryDim      int         // number of rotated channels of a head, the first ones; 0 for all
	RopeScaling    RopeScaling // scaling of the rotary frequencies
	Window         int         // number of tokens that attention sees, the current one included; 0 for all
	FullEvery      int         // the last of every so many layers has no window; 0: all have one

	ScaledEmbedding    bool    // embeddings are multiplied by √C
	QueryScale         float64 // attention divides its scores by the root of this; 0 means the head dim
	ScoreCap, LogitCap float64 // c in c tanh(s/c), which replaces scores and logits; 0 for none

	Names Names // names of the weights; the zero value means LLaMA's
}

// Fusion is the layout of the rows of a map that gives q, k and v.
type Fusion uint8

// The layouts.
const (
	Unfused Fusion = iota // a separate map for each
	Stacked               // all heads' q, all heads' k, all heads' v (GPT-2, Phi-3)
	ByHead                // q, k and v of the first head, of the second, … (GPT-NeoX)
)

// Names are the checkpoint names of a model's parts, without ".weight" and ".bias". The
// names of a block's parts follow Block, in which %d is the block's number.
type Names struct {
	Embedding, Positions string
	Block                string
	AttnNorm, MLPNorm    string
	PostAttn, PostMLP    string // norms of the two parts' outputs
	QNorm, KNorm         string
	QKV                  [3]string // q, k and v; a fused map has the first name
	Out                  string
	GateUp               [2]string // gate and up; a fused map has the first name, up without a gate the second
	Down                 string
	Norm, Head           string
}

// llamaNames are the names of LLaMA, which many other models share.
var llamaNames = Names{
	Embedding: "model.embed_tokens", Positions: "model.embed_positions",
	Block:    "model.layers.%d.",
	AttnNorm: "input_layernorm", MLPNorm: "post_attention_layernorm",
	QNorm: "self_attn.q_norm", KNorm: "self_attn.k_norm",
	QKV:    [3]string{"self_attn.q_proj", "self_attn.k_proj", "self_attn.v_proj"},
	Out:    "self_attn.o_proj",
	GateUp: [2]string{"mlp.gate_proj", "mlp.up_proj"},
	Down:   "mlp.down_proj",
	Norm:   "model.norm", Head: "lm_head",
}

// WeightNames returns Names, or LLaMA's names if Names is zero.
func (v Variant) WeightNames() Names {
	if v.Names == (Names{}) {
		return llamaNames
	}
	return v.Names
}

// validate reports a combination of settings that is impossible.
func (v Variant) validate(c Config) error {
	switch {
	case v.FusedQKV == ByHead && c.KVHeads != c.Heads:
		return fmt.Errorf("nn: %d key/value heads: q, k and v fused by head need as many as query heads, %d",
			c.KVHeads, c.Heads)
	case v.OneNorm && !v.Parallel:
		return fmt.Errorf("nn: one norm for both parts of a block: possible only if the parts are parallel")
	case v.FusedGateUp && v.Ungated:
		return fmt.Errorf("nn: gate and up fused: the feed-forward part has no gate")
	case v.Positions < 0 || v.PositionOffset < 0 || v.Positions > 0 && v.Positions < c.Context+v.PositionOffset:
		return fmt.Errorf("nn: %d learned positions, the first at %d: the context of %d tokens needs %d",
			v.Positions, v.PositionOffset, c.Context, c.Context+v.PositionOffset)
	case v.RotaryDim < 0 || v.RotaryDim > c.HeadDim || v.RotaryDim%2 != 0:
		return fmt.Errorf("nn: %d rotated channels: must be even and at most the head dim %d", v.RotaryDim, c.HeadDim)
	case v.UnitNorms && (v.LayerNorm || v.QKNorm):
		return fmt.Errorf("nn: norms that multiply by one plus their weights: possible only if they are RMSNorms and " +
			"heads have no norms")
	case v.Window < 0:
		return fmt.Errorf("nn: attention window %d: must be at least 0", v.Window)
	case v.FullEvery < 0 || v.FullEvery > 0 && v.Window == 0:
		return fmt.Errorf("nn: one layer in %d without the window of %d: must be at least 0, and 0 without a window",
			v.FullEvery, v.Window)
	case v.PostNorms && (v.WeightNames().PostAttn == "" || v.WeightNames().PostMLP == ""):
		return fmt.Errorf("nn: the norms of the parts' outputs have no names")
	case !(v.QueryScale >= 0):
		return fmt.Errorf("nn: query scale %s: must be at least 0", number.Full(v.QueryScale))
	case !capable(v.ScoreCap) || !capable(v.LogitCap):
		return fmt.Errorf("nn: caps of scores %s and logits %s: must be 0 or from %s to %s", number.Full(v.ScoreCap),
			number.Full(v.LogitCap), number.Brief(leastCap), number.Brief(mostCap))
	}
	if err := v.Activation.validate(); err != nil {
		return err
	}
	return v.RopeScaling.validate()
}

// The bounds of a cap: numbers are divided by it in float32, and must stay far from
// float32's limits.
const leastCap, mostCap = 1e-30, 1e30

func capable(c float64) bool { return c == 0 || c >= leastCap && c <= mostCap }

// window returns how many tokens attention sees in a layer; 0 for all.
func (v Variant) window(layer int) int {
	if v.FullEvery > 0 && (layer+1)%v.FullEvery == 0 {
		return 0
	}
	return v.Window
}

// rotaryDim returns how many channels of a head are rotated.
func (c Config) rotaryDim() int {
	switch {
	case c.Positions > 0:
		return 0
	case c.RotaryDim > 0:
		return c.RotaryDim
	}
	return c.HeadDim
}
