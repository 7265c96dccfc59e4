package nn

// How architectures differ from LLaMA: norms, positions, biases, joined maps.

import "fmt"

// Variant is how an architecture departs from LLaMA's. The zero value is
// LLaMA: RMSNorm, rotary positions, a gated feed-forward part with SiLU, no
// biases, one linear map for each of q, k, v, gate and up, and attention's
// output in the residual stream before the feed-forward part reads it.
type Variant struct {
	LayerNorm  bool       // norms take the mean away, and have a bias
	QKNorm     bool       // each head of q and k has an RMSNorm before it is rotated
	Activation Activation // f of the feed-forward part; empty for SiLU
	Ungated    bool       // Down·f(Up·h), without a gate
	Parallel   bool       // x += attention(h) + feed-forward(h'), h and h' both norms of x
	OneNorm    bool       // of a parallel block: h' is h
	PostNorms  bool       // what attention and the feed-forward part add to x has a norm of its own
	UnitNorms  bool       // an RMSNorm multiplies by one plus its weights

	FusedQKV    Fusion // how q, k and v come out of one map
	FusedGateUp bool   // one map gives gate, then up

	QKVBias, OutBias, MLPBias, HeadBias bool // which maps add a bias

	Positions      int         // rows of the table of learned positions; 0: positions are rotary
	PositionOffset int         // row of the first position
	RotaryDim      int         // rotated channels of a head, its first ones; 0 for all
	RopeScaling    RopeScaling // of the rotary frequencies
	Window         int         // how many tokens attention sees, itself included; 0 for all
	FullEvery      int         // of so many layers the last has no window; 0 for none

	ScaledEmbedding    bool    // embeddings are multiplied by √C
	QueryScale         float64 // attention divides its scores by the root of it; 0 for the head dim
	ScoreCap, LogitCap float64 // c tanh(s/c) takes the place of scores and of logits; 0 for none

	Names Names // of the weights; the zero value is LLaMA's
}

// Fusion is how the rows of a map that gives q, k and v are laid out.
type Fusion uint8

// The layouts.
const (
	Unfused Fusion = iota // a map each
	Stacked               // all heads' q, all heads' k, all heads' v (GPT-2, Phi-3)
	ByHead                // q, k and v of the first head, of the second, … (GPT-NeoX)
)

// Names are the checkpoint names of a model's parts, without ".weight" and
// ".bias". Those of a block go on from Block, in which %d is its number.
type Names struct {
	Embedding, Positions string
	Block                string
	AttnNorm, MLPNorm    string
	PostAttn, PostMLP    string // norms of what a part adds
	QNorm, KNorm         string
	QKV                  [3]string // of q, k and v; of a fused map the first alone
	Out                  string
	GateUp               [2]string // of gate and up; up alone is the second, a fused map the first
	Down                 string
	Norm, Head           string
}

// llamaNames are those of LLaMA, which many others share.
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

// WeightNames returns Names, LLaMA's where it is zero.
func (v Variant) WeightNames() Names {
	if v.Names == (Names{}) {
		return llamaNames
	}
	return v.Names
}

// validate reports a combination that no model can have.
func (v Variant) validate(c Config) error {
	switch {
	case v.FusedQKV == ByHead && c.KVHeads != c.Heads:
		return fmt.Errorf("nn: %d key/value heads of %d: q, k and v fused by head need as many", c.KVHeads, c.Heads)
	case v.OneNorm && !v.Parallel:
		return fmt.Errorf("nn: one norm for both parts of a block: only where they are parallel")
	case v.FusedGateUp && v.Ungated:
		return fmt.Errorf("nn: gate and up fused: the feed-forward part has no gate")
	case v.Positions < 0 || v.PositionOffset < 0 || v.Positions > 0 && v.Positions < c.Context+v.PositionOffset:
		return fmt.Errorf("nn: %d learned positions, the first at %d: the context of %d tokens needs %d",
			v.Positions, v.PositionOffset, c.Context, c.Context+v.PositionOffset)
	case v.RotaryDim < 0 || v.RotaryDim > c.HeadDim || v.RotaryDim%2 != 0:
		return fmt.Errorf("nn: %d rotated channels: must be even and at most the head dim %d", v.RotaryDim, c.HeadDim)
	case v.UnitNorms && (v.LayerNorm || v.QKNorm):
		return fmt.Errorf("nn: norms that multiply by one plus their weights: only where they are RMSNorms, and " +
			"heads have none")
	case v.Window < 0:
		return fmt.Errorf("nn: attention window %d: must be at least 0", v.Window)
	case v.FullEvery < 0 || v.FullEvery > 0 && v.Window == 0:
		return fmt.Errorf("nn: one layer in %d without a window of %d: must be at least 0, and 0 where there is "+
			"none", v.FullEvery, v.Window)
	case v.PostNorms && (v.WeightNames().PostAttn == "" || v.WeightNames().PostMLP == ""):
		return fmt.Errorf("nn: norms of what a part adds have no names")
	case !(v.QueryScale >= 0):
		return fmt.Errorf("nn: query scale %g: must be at least 0", v.QueryScale)
	case !capable(v.ScoreCap) || !capable(v.LogitCap):
		return fmt.Errorf("nn: caps of scores %g and logits %g: must be 0 or from %g to %g", v.ScoreCap, v.LogitCap,
			leastCap, mostCap)
	}
	if err := v.Activation.validate(); err != nil {
		return err
	}
	return v.RopeScaling.validate()
}

// What a cap may be: divided by in float32, and far from its bounds.
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
