package checkpoint

import (
	"ranksweep/nn"
)

// gpt2 is GPT-2 (Radford et al. 2019; transformers, models/gpt2). It stores linear maps as
// (in, out) and has one map for q, k and v.
var gpt2 = architecture{
	name: "GPT2LMHeadModel", prefix: "transformer.",
	transposed: []string{".c_attn.weight", ".c_proj.weight", ".c_fc.weight"},
	parse: func(content []byte) (nn.Config, error) {
		type settings struct {
			VocabSize  int     `json:"vocab_size"`
			Dim        int     `json:"n_embd"`
			Layers     int     `json:"n_layer"`
			Heads      int     `json:"n_head"`
			Hidden     *int    `json:"n_inner"`
			Context    int     `json:"n_positions"`
			Activation string  `json:"activation_function"`
			NormEps    float64 `json:"layer_norm_epsilon"`
			TiedHead   bool    `json:"tie_word_embeddings"`

			ScaleAttention bool `json:"scale_attn_weights"`
			ScaleByLayer   bool `json:"scale_attn_by_inverse_layer_idx"`
			CrossAttention bool `json:"add_cross_attention"`
		}
		s, err := decode(content, &settings{
			VocabSize: 50257, Dim: 768, Layers: 12, Heads: 12, Context: 1024, Activation: "gelu_new", NormEps: 1e-5,
			TiedHead: true, ScaleAttention: true,
		})
		if err != nil {
			return nn.Config{}, err
		}
		c := nn.Config{
			Vocab: s.VocabSize, Dim: s.Dim, Layers: s.Layers, Heads: s.Heads, KVHeads: s.Heads,
			Hidden: 4 * s.Dim, Context: s.Context, NormEps: s.NormEps, TiedHead: s.TiedHead,
			Variant: nn.Variant{
				LayerNorm: true, Ungated: true, FusedQKV: nn.Stacked, Positions: s.Context,
				QKVBias: true, OutBias: true, MLPBias: true,
				Names: nn.Names{
					Embedding: "transformer.wte", Positions: "transformer.wpe", Block: "transformer.h.%d.",
					AttnNorm: "ln_1", MLPNorm: "ln_2",
					QKV: [3]string{"attn.c_attn"}, Out: "attn.c_proj",
					GateUp: [2]string{1: "mlp.c_fc"}, Down: "mlp.c_proj",
					Norm: "transformer.ln_f", Head: "lm_head",
				},
			},
		}
		if s.Hidden != nil {
			c.Hidden = *s.Hidden
		}
		if err := without(map[string]bool{
			"scale_attn_weights": !s.ScaleAttention, "scale_attn_by_inverse_layer_idx": s.ScaleByLayer,
			"add_cross_attention": s.CrossAttention,
		}); err != nil {
			return c, err
		}
		if c.HeadDim, err = headDim("n_embd", c.Dim, "n_head", c.Heads); err != nil {
			return c, err
		}
		c.Activation, err = activation("activation_function", s.Activation)
		return c, err
	},
}
