package checkpoint

import (
	"ranksweep/nn"
)

// normedSettings are the settings that GPT-NeoX and Phi share: models with LayerNorms and
// rotary positions.
type normedSettings struct {
	VocabSize  int     `json:"vocab_size"`
	Dim        int     `json:"hidden_size"`
	Hidden     int     `json:"intermediate_size"`
	Layers     int     `json:"num_hidden_layers"`
	Heads      int     `json:"num_attention_heads"`
	Context    int     `json:"max_position_embeddings"`
	Activation string  `json:"hidden_act"`
	NormEps    float64 `json:"layer_norm_eps"`
	TiedHead   bool    `json:"tie_word_embeddings"`
	rotary
}

// model returns the config of a model with these settings and v, without positions.
func (s *normedSettings) model(v nn.Variant) (nn.Config, error) {
	c := nn.Config{
		Vocab: s.VocabSize, Dim: s.Dim, Layers: s.Layers, Heads: s.Heads, KVHeads: s.Heads,
		Hidden: s.Hidden, Context: s.Context, NormEps: s.NormEps, TiedHead: s.TiedHead, Variant: v,
	}
	var err error
	if c.HeadDim, err = headDim("hidden_size", c.Dim, "num_attention_heads", c.Heads); err != nil {
		return c, err
	}
	c.Activation, err = activation("hidden_act", s.Activation)
	return c, err
}
