package checkpoint

import (
	"cmp"

	"ranksweep/nn"
)

// phi is Phi-1 to 2: attention and feed-forward part read one norm, and the
// head has a bias (transformers, models/phi).
var phi = architecture{
	name: "PhiForCausalLM", prefix: "model.",
	parse: func(content []byte) (nn.Config, error) {
		type settings struct {
			normedSettings
			KVHeads *int `json:"num_key_value_heads"`
			QKNorm  bool `json:"qk_layernorm"`
		}
		s, err := decode(content, &settings{normedSettings: normedSettings{Activation: "gelu_new", NormEps: 1e-5,
			rotary: rotary{Theta: 10000}}})
		if err != nil {
			return nn.Config{}, err
		}
		c, err := s.model(nn.Variant{
			LayerNorm: true, Ungated: true, Parallel: true, OneNorm: true,
			QKVBias: true, OutBias: true, MLPBias: true, HeadBias: true,
			Names: nn.Names{
				Embedding: "model.embed_tokens", Block: "model.layers.%d.", AttnNorm: "input_layernorm",
				QKV: [3]string{"self_attn.q_proj", "self_attn.k_proj", "self_attn.v_proj"}, Out: "self_attn.dense",
				GateUp: [2]string{1: "mlp.fc1"}, Down: "mlp.fc2",
				Norm: "model.final_layernorm", Head: "lm_head",
			},
		})
		if err != nil {
			return c, err
		}
		if s.KVHeads != nil {
			c.KVHeads = *s.KVHeads
		}
		if err := without(map[string]bool{"qk_layernorm": s.QKNorm}); err != nil {
			return c, err
		}
		s.rotary.Partial = cmp.Or(s.rotary.Partial, 0.5)
		return c, s.rotary.set(&c)
	},
}
