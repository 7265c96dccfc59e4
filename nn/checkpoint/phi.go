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
			VocabSize  int     `json:"vocab_size"`
			Dim        int     `json:"hidden_size"`
			Hidden     int     `json:"intermediate_size"`
			Layers     int     `json:"num_hidden_layers"`
			Heads      int     `json:"num_attention_heads"`
			KVHeads    *int    `json:"num_key_value_heads"`
			Context    int     `json:"max_position_embeddings"`
			Activation string  `json:"hidden_act"`
			NormEps    float64 `json:"layer_norm_eps"`
			TiedHead   bool    `json:"tie_word_embeddings"`
			QKNorm     bool    `json:"qk_layernorm"`
			rotary
		}
		s, err := decode(content, &settings{Activation: "gelu_new", NormEps: 1e-5, rotary: rotary{Theta: 10000}})
		if err != nil {
			return nn.Config{}, err
		}
		c := nn.Config{
			Vocab: s.VocabSize, Dim: s.Dim, Layers: s.Layers, Heads: s.Heads, KVHeads: s.Heads,
			Hidden: s.Hidden, Context: s.Context, NormEps: s.NormEps, TiedHead: s.TiedHead,
			Variant: nn.Variant{
				LayerNorm: true, Ungated: true, Parallel: true, OneNorm: true,
				QKVBias: true, OutBias: true, MLPBias: true, HeadBias: true,
				Names: nn.Names{
					Embedding: "model.embed_tokens", Block: "model.layers.%d.", AttnNorm: "input_layernorm",
					QKV: [3]string{"self_attn.q_proj", "self_attn.k_proj", "self_attn.v_proj"}, Out: "self_attn.dense",
					GateUp: [2]string{1: "mlp.fc1"}, Down: "mlp.fc2",
					Norm: "model.final_layernorm", Head: "lm_head",
				},
			},
		}
		if s.KVHeads != nil {
			c.KVHeads = *s.KVHeads
		}
		if err := without(map[string]bool{"qk_layernorm": s.QKNorm}); err != nil {
			return c, err
		}
		if c.HeadDim, err = headDim("hidden_size", c.Dim, "num_attention_heads", c.Heads); err != nil {
			return c, err
		}
		if c.Activation, err = activation("hidden_act", s.Activation); err != nil {
			return c, err
		}
		s.rotary.Partial = cmp.Or(s.rotary.Partial, 0.5)
		return c, s.rotary.set(&c)
	},
}
