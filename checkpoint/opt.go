package checkpoint

import (
	"ranksweep/nn"
)

// opt is OPT (Zhang et al. 2022, arXiv:2205.01068; transformers, models/opt). It has learned
// positions, whose table begins with two rows that no text uses.
var opt = architecture{
	name: "OPTForCausalLM", prefix: "model.",
	parse: func(content []byte) (nn.Config, error) {
		type settings struct {
			VocabSize  int    `json:"vocab_size"`
			Dim        int    `json:"hidden_size"`
			Hidden     int    `json:"ffn_dim"`
			Layers     int    `json:"num_hidden_layers"`
			Heads      int    `json:"num_attention_heads"`
			Context    int    `json:"max_position_embeddings"`
			Activation string `json:"activation_function"`
			TiedHead   bool   `json:"tie_word_embeddings"`

			EmbeddingDim *int `json:"word_embed_proj_dim"`
			NormFirst    bool `json:"do_layer_norm_before"`
			NoFinalNorm  bool `json:"_remove_final_layer_norm"`
			Bias         bool `json:"enable_bias"`
			Affine       bool `json:"layer_norm_elementwise_affine"`
		}
		s, err := decode(content, &settings{
			Activation: "relu", TiedHead: true, NormFirst: true, Bias: true, Affine: true,
		})
		if err != nil {
			return nn.Config{}, err
		}
		const offset = 2
		c := nn.Config{
			Vocab: s.VocabSize, Dim: s.Dim, Layers: s.Layers, Heads: s.Heads, KVHeads: s.Heads,
			Hidden: s.Hidden, Context: s.Context, NormEps: 1e-5, TiedHead: s.TiedHead,
			Variant: nn.Variant{
				LayerNorm: true, Ungated: true, Positions: s.Context + offset, PositionOffset: offset,
				QKVBias: s.Bias, OutBias: s.Bias, MLPBias: s.Bias,
				Names: nn.Names{
					Embedding: "model.decoder.embed_tokens", Positions: "model.decoder.embed_positions",
					Block:    "model.decoder.layers.%d.",
					AttnNorm: "self_attn_layer_norm", MLPNorm: "final_layer_norm",
					QKV:    [3]string{"self_attn.q_proj", "self_attn.k_proj", "self_attn.v_proj"},
					Out:    "self_attn.out_proj",
					GateUp: [2]string{1: "fc1"}, Down: "fc2",
					Norm: "model.decoder.final_layer_norm", Head: "lm_head",
				},
			},
		}
		if err := without(map[string]bool{
			"word_embed_proj_dim":  s.EmbeddingDim != nil && *s.EmbeddingDim != s.Dim,
			"do_layer_norm_before": !s.NormFirst, "_remove_final_layer_norm": s.NoFinalNorm,
			"layer_norm_elementwise_affine": !s.Affine,
		}); err != nil {
			return c, err
		}
		if c.HeadDim, err = headDim("hidden_size", c.Dim, "num_attention_heads", c.Heads); err != nil {
			return c, err
		}
		c.Activation, err = activation("activation_function", s.Activation)
		return c, err
	},
}
