package checkpoint

import (
	"cmp"
	"errors"
	"fmt"
	"slices"

	"ranksweep/nn"
	"ranksweep/paper/number"
)

// gemmaSettings are the settings of Gemma's family, LLaMA's among them.
type gemmaSettings struct {
	llamaSettings
	HiddenActivation string   `json:"hidden_activation"`
	QueryScale       float64  `json:"query_pre_attn_scalar"`
	ScoreCap         *float64 `json:"attn_logit_softcapping"`
	LogitCap         *float64 `json:"final_logit_softcapping"`
	Bidirectional    bool     `json:"use_bidirectional_attention"`
}

// model returns a config with what both generations of Gemma share: embeddings are scaled,
// norms multiply by 1 + w, and the gate uses the approximation of GELU.
func (s *gemmaSettings) model(key, act string) (nn.Config, error) {
	c, err := s.sizes()
	if err != nil {
		return c, err
	}
	c.ScaledEmbedding, c.UnitNorms = true, true
	c.QKVBias, c.OutBias = s.AttentionBias, s.AttentionBias
	c.Activation, err = activation(key, act, nn.GELUTanh)
	return c, cmp.Or(err, without(map[string]bool{
		"partial_rotary_factor": c.RotaryDim != 0, "use_bidirectional_attention": s.Bidirectional,
	}))
}

// gemma is Gemma 1 (transformers, models/gemma). Its first configs say "gelu" but mean the
// approximation.
var gemma = architecture{
	name: "GemmaForCausalLM", prefix: "model.",
	parse: func(content []byte) (nn.Config, error) {
		s, err := decodeGemma(content)
		if err != nil {
			return nn.Config{}, err
		}
		act := s.HiddenAct
		if act == "gelu" {
			act = "gelu_pytorch_tanh"
		}
		return s.model("hidden_act", act)
	},
}

// gemma2 is Gemma 2 (transformers, models/gemma2; Gemma Team 2024, arXiv:2408.00118). It
// also has norms after both parts of a block, caps scores and logits, and attends over a
// window in every other layer.
var gemma2 = architecture{
	name: "Gemma2ForCausalLM", prefix: "model.",
	parse: func(content []byte) (nn.Config, error) {
		s, err := decodeGemma(content)
		if err != nil {
			return nn.Config{}, err
		}
		c, err := s.model("hidden_activation", s.HiddenActivation)
		if err != nil {
			return c, err
		}
		c.PostNorms = true
		c.Names = c.WeightNames()
		c.Names.PostAttn, c.Names.MLPNorm, c.Names.PostMLP = "post_attention_layernorm",
			"pre_feedforward_layernorm", "post_feedforward_layernorm"
		var errs [4]error
		c.QueryScale, errs[0] = positive("query_pre_attn_scalar", &s.QueryScale)
		c.ScoreCap, errs[1] = positive("attn_logit_softcapping", s.ScoreCap)
		c.LogitCap, errs[2] = positive("final_logit_softcapping", s.LogitCap)
		c.Window, c.FullEvery, errs[3] = s.windows()
		return c, cmp.Or(errs[:]...)
	},
}

func decodeGemma(content []byte) (*gemmaSettings, error) {
	wide, window, scores, logits := 256, 4096, 50.0, 30.0
	const act = "gelu_pytorch_tanh"
	return decode(content, &gemmaSettings{
		llamaSettings: llamaSettings{
			NormEps: 1e-6, HiddenAct: act, HeadDim: &wide, TiedHead: true, SlidingWindow: &window,
			rotary: rotary{Theta: 10000},
		},
		HiddenActivation: act, QueryScale: 256, ScoreCap: &scores, LogitCap: &logits,
	})
}

// positive returns a number, which must be above 0, or 0 if the config has none. nn takes 0
// for none, but a config may not say it that way.
func positive(key string, value *float64) (float64, error) {
	if value == nil {
		return 0, nil
	}
	if !(*value > 0) {
		return 0, fmt.Errorf("%s %s: must be above 0", key, number.Full(*value))
	}
	return *value, nil
}

// windows returns the attention window, and the period at which a layer has none. The period
// is 2, and layer_types must agree with it.
func (s *gemmaSettings) windows() (window, fullEvery int, err error) {
	const full = "full_attention"
	switch {
	case s.SlidingWindow == nil:
		return 0, 0, errors.New("sliding_window is missing: must say over how many tokens a layer attends")
	case *s.SlidingWindow < 1:
		return 0, 0, fmt.Errorf("sliding_window %d: must be at least 1", *s.SlidingWindow)
	case s.LayerTypes == nil:
		return *s.SlidingWindow, 2, nil
	case len(s.LayerTypes) != s.Layers:
		return 0, 0, fmt.Errorf("layer_types names %d layers: must be num_hidden_layers, %d", len(s.LayerTypes),
			s.Layers)
	}
	fullEvery = slices.Index(s.LayerTypes, full) + 1
	for l, kind := range s.LayerTypes {
		want := "sliding_attention"
		if fullEvery > 0 && (l+1)%fullEvery == 0 {
			want = full
		}
		if kind != want {
			return 0, 0, fmt.Errorf("layer_types: layer %d is %q, and must be %q: layers alternate with one period, "+
				"or are not supported", l, kind, want)
		}
	}
	return *s.SlidingWindow, fullEvery, nil
}
