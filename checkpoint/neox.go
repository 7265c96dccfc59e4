package checkpoint

import (
	"cmp"

	"ranksweep/nn"
)

// gptNeoX is GPT-NeoX and Pythia (Black et al. 2022, arXiv:2204.06745; transformers,
// models/gpt_neox). Attention and feed-forward part are parallel, and only some of a head's
// channels are rotated.
var gptNeoX = architecture{
	name: "GPTNeoXForCausalLM", prefix: "gpt_neox.",
	parse: func(content []byte) (nn.Config, error) {
		type settings struct {
			normedSettings
			Parallel   bool    `json:"use_parallel_residual"`
			Bias       bool    `json:"attention_bias"`
			RotaryPart float64 `json:"rotary_pct"`
			RotaryBase float64 `json:"rotary_emb_base"`
		}
		s, err := decode(content, &settings{normedSettings: normedSettings{Activation: "gelu", NormEps: 1e-5},
			Parallel: true, Bias: true})
		if err != nil {
			return nn.Config{}, err
		}
		c, err := s.model(nn.Variant{
			LayerNorm: true, Ungated: true, FusedQKV: nn.ByHead, Parallel: s.Parallel,
			QKVBias: s.Bias, OutBias: s.Bias, MLPBias: true,
			Names: nn.Names{
				Embedding: "gpt_neox.embed_in", Block: "gpt_neox.layers.%d.",
				AttnNorm: "input_layernorm", MLPNorm: "post_attention_layernorm",
				QKV: [3]string{"attention.query_key_value"}, Out: "attention.dense",
				GateUp: [2]string{1: "mlp.dense_h_to_4h"}, Down: "mlp.dense_4h_to_h",
				Norm: "gpt_neox.final_layer_norm", Head: "embed_out",
			},
		})
		if err != nil {
			return c, err
		}
		s.rotary.Theta = cmp.Or(s.rotary.Theta, s.RotaryBase, 10000)
		s.rotary.Partial = cmp.Or(s.rotary.Partial, s.RotaryPart, 0.25)
		return c, s.rotary.set(&c)
	},
}
