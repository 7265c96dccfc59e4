package checkpoint

import (
	"cmp"
	"fmt"
	"slices"

	"ranksweep/nn"
)

// llamaSettings are the settings of LLaMA and of models with the same config. Pointers
// distinguish an absent or null setting from zero.
type llamaSettings struct {
	VocabSize        int     `json:"vocab_size"`
	HiddenSize       int     `json:"hidden_size"`
	IntermediateSize int     `json:"intermediate_size"`
	Layers           int     `json:"num_hidden_layers"`
	Heads            int     `json:"num_attention_heads"`
	KVHeads          *int    `json:"num_key_value_heads"`
	HeadDim          *int    `json:"head_dim"`
	Context          int     `json:"max_position_embeddings"`
	HiddenAct        string  `json:"hidden_act"`
	NormEps          float64 `json:"rms_norm_eps"`
	TiedHead         bool    `json:"tie_word_embeddings"`
	rotary

	AttentionBias    bool     `json:"attention_bias"`
	MLPBias          bool     `json:"mlp_bias"`
	SlidingWindow    *int     `json:"sliding_window"`
	UseSlidingWindow bool     `json:"use_sliding_window"`
	LayerTypes       []string `json:"layer_types"`
}

// model returns the config of a model with these settings and SiLU.
func (s *llamaSettings) model() (nn.Config, error) {
	c, err := s.sizes()
	if err == nil {
		_, err = activation("hidden_act", s.HiddenAct, nn.SiLU)
	}
	return c, err
}

// sizes returns the config of a model with these settings, whatever the activation.
func (s *llamaSettings) sizes() (nn.Config, error) {
	c := nn.Config{
		Vocab: s.VocabSize, Dim: s.HiddenSize, Layers: s.Layers, Heads: s.Heads, KVHeads: s.Heads,
		Hidden: s.IntermediateSize, Context: s.Context, NormEps: s.NormEps, TiedHead: s.TiedHead,
	}
	if s.KVHeads != nil {
		c.KVHeads = *s.KVHeads
	}
	switch {
	case s.HeadDim != nil:
		c.HeadDim = *s.HeadDim
	case s.Heads > 0 && s.HiddenSize%s.Heads == 0:
		c.HeadDim = s.HiddenSize / s.Heads
	default:
		return c, fmt.Errorf("hidden_size %d does not divide by num_attention_heads %d: head_dim must say how wide a "+
			"head is", s.HiddenSize, s.Heads)
	}
	return c, s.rotary.set(&c)
}

// window returns the attention window, if every layer has it. Models that use a window in only
// some layers name these in layer_types.
func (s *llamaSettings) window() (int, error) {
	if s.SlidingWindow == nil {
		return 0, nil
	}
	if slices.Contains(s.LayerTypes, "full_attention") {
		return 0, fmt.Errorf("layer_types: attention over a window in some layers alone is not supported")
	}
	return *s.SlidingWindow, nil
}

// llama is LLaMA 1 to 3 and SmolLM2 (transformers, models/llama).
var llama = architecture{
	name: "LlamaForCausalLM", prefix: "model.",
	parse: func(content []byte) (nn.Config, error) {
		s, err := decode(content, &llamaSettings{NormEps: 1e-6, HiddenAct: "silu", rotary: rotary{Theta: 10000}})
		if err != nil {
			return nn.Config{}, err
		}
		c, err := s.model()
		c.QKVBias, c.OutBias, c.MLPBias = s.AttentionBias, s.AttentionBias, s.MLPBias
		return c, cmp.Or(err, without(map[string]bool{"partial_rotary_factor": c.RotaryDim != 0,
			"sliding_window": s.SlidingWindow != nil}))
	},
}

// mistral is LLaMA with attention over a window (transformers, models/mistral).
var mistral = architecture{
	name: "MistralForCausalLM", prefix: "model.",
	parse: func(content []byte) (nn.Config, error) {
		window := 4096
		s, err := decode(content, &llamaSettings{
			NormEps: 1e-6, HiddenAct: "silu", SlidingWindow: &window, rotary: rotary{Theta: 10000},
		})
		if err != nil {
			return nn.Config{}, err
		}
		c, err := s.model()
		if err == nil {
			c.Window, err = s.window()
		}
		return c, cmp.Or(err, without(map[string]bool{"partial_rotary_factor": c.RotaryDim != 0}))
	},
}

// qwen2 is LLaMA whose q, k and v have biases (transformers, models/qwen2).
var qwen2 = architecture{
	name: "Qwen2ForCausalLM", prefix: "model.",
	parse: func(content []byte) (nn.Config, error) {
		s, err := decode(content, &llamaSettings{NormEps: 1e-6, HiddenAct: "silu", rotary: rotary{Theta: 10000}})
		if err != nil {
			return nn.Config{}, err
		}
		c, err := s.model()
		c.QKVBias = true
		return c, cmp.Or(err, without(map[string]bool{"partial_rotary_factor": c.RotaryDim != 0,
			"use_sliding_window": s.UseSlidingWindow}))
	},
}

// qwen3 is LLaMA with a norm of each head of q and k (transformers,
// models/qwen3).
var qwen3 = architecture{
	name: "Qwen3ForCausalLM", prefix: "model.",
	parse: func(content []byte) (nn.Config, error) {
		wide := 128
		s, err := decode(content, &llamaSettings{NormEps: 1e-6, HiddenAct: "silu", HeadDim: &wide,
			rotary: rotary{Theta: 10000}})
		if err != nil {
			return nn.Config{}, err
		}
		c, err := s.model()
		c.QKNorm, c.QKVBias, c.OutBias = true, s.AttentionBias, s.AttentionBias
		return c, cmp.Or(err, without(map[string]bool{"partial_rotary_factor": c.RotaryDim != 0,
			"use_sliding_window": s.UseSlidingWindow}))
	},
}

// phi3 is LLaMA with one map for q, k and v, and one for gate and up
// (transformers, models/phi3).
var phi3 = architecture{
	name: "Phi3ForCausalLM", prefix: "model.",
	parse: func(content []byte) (nn.Config, error) {
		s, err := decode(content, &llamaSettings{NormEps: 1e-5, HiddenAct: "silu", rotary: rotary{Theta: 10000}})
		if err != nil {
			return nn.Config{}, err
		}
		c, err := s.model()
		if err == nil {
			c.Window, err = s.window()
		}
		c.FusedQKV, c.FusedGateUp = nn.Stacked, true
		c.Names = c.WeightNames()
		c.Names.QKV = [3]string{"self_attn.qkv_proj"}
		c.Names.GateUp = [2]string{"mlp.gate_up_proj"}
		return c, err
	},
}
