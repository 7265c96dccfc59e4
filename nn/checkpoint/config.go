package checkpoint

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"

	"ranksweep/nn"
	"ranksweep/nn/tokenizer"
)

// architectures are the known values of config.json's architectures.
var architectures = []string{"LlamaForCausalLM"}

// config is config.json. Pointers tell absent from zero.
type config struct {
	Architectures []string `json:"architectures"`
	ModelType     string   `json:"model_type"`
	HiddenAct     string   `json:"hidden_act"`

	HiddenSize       int  `json:"hidden_size"`
	IntermediateSize int  `json:"intermediate_size"`
	Layers           int  `json:"num_hidden_layers"`
	Heads            int  `json:"num_attention_heads"`
	KVHeads          *int `json:"num_key_value_heads,omitempty"`
	HeadDim          *int `json:"head_dim,omitempty"`
	VocabSize        int  `json:"vocab_size"`
	Context          int  `json:"max_position_embeddings"`

	NormEps        *float64 `json:"rms_norm_eps,omitempty"`
	RopeTheta      *float64 `json:"rope_theta,omitempty"`
	RopeScaling    *rope    `json:"rope_scaling,omitempty"`
	RopeParameters *rope    `json:"rope_parameters,omitempty"` // theta and scaling, since transformers 5
	TiedHead       bool     `json:"tie_word_embeddings"`
	AttentionBias  bool     `json:"attention_bias,omitempty"`
	MLPBias        bool     `json:"mlp_bias,omitempty"`
	SlidingWindow  *int     `json:"sliding_window,omitempty"`

	Quantization json.RawMessage `json:"quantization_config,omitempty"`

	BOS        tokenIDs `json:"bos_token_id"` // null, since transformers takes absent for 1
	EOS        tokenIDs `json:"eos_token_id"` // and this one for 2
	TorchDType string   `json:"torch_dtype,omitempty"`
}

// rope says how rotary frequencies depart from the plain ones.
type rope struct {
	RopeType string   `json:"rope_type"`
	Type     string   `json:"type"` // the older name of RopeType
	Theta    *float64 `json:"rope_theta"`
	Partial  *float64 `json:"partial_rotary_factor"`
}

func (r *rope) check() error {
	if r == nil {
		return nil
	}
	if kind := cmp.Or(r.RopeType, r.Type, "default"); kind != "default" {
		return fmt.Errorf("rotary scaling %q is not supported", kind)
	}
	if r.Partial != nil && *r.Partial != 1 {
		return fmt.Errorf("partial_rotary_factor %g: must be 1", *r.Partial)
	}
	return nil
}

// tokenIDs is null, one id or a list of them, of which the first counts.
type tokenIDs []int32

// UnmarshalJSON reads any of the three forms.
func (t *tokenIDs) UnmarshalJSON(b []byte) error {
	*t = nil
	if b[0] == '[' {
		return json.Unmarshal(b, (*[]int32)(t))
	}
	var id *int32
	err := json.Unmarshal(b, &id)
	if id != nil {
		*t = tokenIDs{*id}
	}
	return err
}

// MarshalJSON writes a single id as a number.
func (t tokenIDs) MarshalJSON() ([]byte, error) {
	if len(t) == 1 {
		return json.Marshal(t[0])
	}
	return json.Marshal([]int32(t))
}

// readConfig returns a config that a model can be made of.
func readConfig(dir folder) (*config, error) {
	var c config
	if err := dir.readJSON(configFile, &c); err != nil {
		return nil, err
	}
	c.setDefaults()
	if err := c.check(); err != nil {
		return nil, dir.wrap(configFile, err)
	}
	return &c, nil
}

// setDefaults fills in what transformers' LlamaConfig does.
func (c *config) setDefaults() {
	theta := 10000.0
	if c.RopeParameters != nil && c.RopeParameters.Theta != nil {
		theta = *c.RopeParameters.Theta
	}
	eps, headDim := 1e-6, 0
	if c.Heads > 0 && c.HiddenSize%c.Heads == 0 {
		headDim = c.HiddenSize / c.Heads
	}
	c.RopeTheta = cmp.Or(c.RopeTheta, &theta)
	c.NormEps = cmp.Or(c.NormEps, &eps)
	c.KVHeads = cmp.Or(c.KVHeads, &c.Heads)
	c.HeadDim = cmp.Or(c.HeadDim, &headDim)
}

// check refuses what the model does not implement and sizes beyond reason:
// with these bounds no product of sizes overflows, and what a model takes can
// be held to the weights' length before it is allocated.
func (c *config) check() error {
	if len(c.Architectures) != 1 || !slices.Contains(architectures, c.Architectures[0]) {
		return fmt.Errorf("architecture %q is unknown; known are: %s",
			strings.Join(c.Architectures, ", "), strings.Join(architectures, ", "))
	}
	if c.HiddenAct != "silu" {
		return fmt.Errorf("hidden_act %q: must be silu", c.HiddenAct)
	}
	if err := cmp.Or(c.RopeScaling.check(), c.RopeParameters.check()); err != nil {
		return err
	}
	if c.AttentionBias || c.MLPBias {
		return errors.New("attention_bias and mlp_bias must be false: biases are not supported")
	}
	if c.SlidingWindow != nil {
		return fmt.Errorf("sliding_window %d: must be null, attention over a window is not supported", *c.SlidingWindow)
	}
	if len(c.Quantization) > 0 && string(c.Quantization) != "null" {
		return errors.New("quantization_config: quantized weights are not supported")
	}
	const wide, narrow = 1 << 24, 1 << 15
	for _, s := range []struct {
		name       string
		value, max int
	}{
		{"vocab_size", c.VocabSize, wide},
		{"intermediate_size", c.IntermediateSize, wide},
		{"max_position_embeddings", c.Context, wide},
		{"hidden_size", c.HiddenSize, narrow},
		{"num_hidden_layers", c.Layers, narrow},
		{"num_attention_heads", c.Heads, narrow},
		{"num_key_value_heads", *c.KVHeads, narrow},
		{"head_dim", *c.HeadDim, narrow},
	} {
		if s.value < 1 || s.value > s.max {
			return fmt.Errorf("%s %d: must be from 1 to %d", s.name, s.value, s.max)
		}
	}
	return c.model().Validate()
}

func (c *config) model() nn.Config {
	return nn.Config{
		Vocab:     c.VocabSize,
		Dim:       c.HiddenSize,
		Layers:    c.Layers,
		Heads:     c.Heads,
		KVHeads:   *c.KVHeads,
		HeadDim:   *c.HeadDim,
		Hidden:    c.IntermediateSize,
		Context:   c.Context,
		NormEps:   *c.NormEps,
		RopeTheta: *c.RopeTheta,
		TiedHead:  c.TiedHead,
	}
}

// ends are BOS and EOS, for a tokenizer that does not name them.
func (c *config) ends() tokenizer.Ends {
	first := func(ids tokenIDs) *int32 {
		if len(ids) == 0 {
			return nil
		}
		return &ids[0]
	}
	return tokenizer.Ends{BOS: first(c.BOS), EOS: first(c.EOS)}
}

// newConfig is the inverse of readConfig.
func newConfig(c *Checkpoint) *config {
	m := c.Model.Config
	out := &config{
		Architectures:    architectures[:1],
		ModelType:        "llama",
		HiddenAct:        "silu",
		HiddenSize:       m.Dim,
		IntermediateSize: m.Hidden,
		Layers:           m.Layers,
		Heads:            m.Heads,
		KVHeads:          &m.KVHeads,
		HeadDim:          &m.HeadDim,
		VocabSize:        m.Vocab,
		Context:          m.Context,
		NormEps:          &m.NormEps,
		RopeTheta:        &m.RopeTheta,
		TiedHead:         m.TiedHead,
	}
	if id, ok := c.Tokenizer.BOS(); ok {
		out.BOS = tokenIDs{id}
	}
	if id, ok := c.Tokenizer.EOS(); ok {
		out.EOS = tokenIDs{id}
	}
	return out
}
