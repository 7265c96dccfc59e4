package checkpoint

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"strings"

	"ranksweep/nn"
	"ranksweep/tokenizer"
	"ranksweep/userfile"
	"ranksweep/wholefile"
)

// config is config.json.
type config struct {
	Architectures []string        `json:"architectures"`
	Type          string          `json:"model_type"`
	Quantization  json.RawMessage `json:"quantization_config"`
	BOS           tokenIDs        `json:"bos_token_id"`
	EOS           tokenIDs        `json:"eos_token_id"`

	content      []byte
	architecture *architecture
	model        nn.Config
}

// tokenIDs is null, one id, or a list of ids whose first one counts.
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

// readConfig reads a config and checks that a model can be made from it.
func readConfig(dir folder) (*config, error) {
	content, err := dir.read(configFile, userfile.Settings)
	if err != nil {
		return nil, err
	}
	c, err := parseConfig(content)
	if err != nil {
		return nil, dir.wrap(configFile, err)
	}
	return c, nil
}

func parseConfig(content []byte) (*config, error) {
	content = userfile.JSON(content)
	c := &config{content: content}
	err := json.Unmarshal(content, c)
	if err != nil {
		return nil, err
	}
	if c.architecture, err = findArchitecture(c.Architectures, c.Type); err != nil {
		return nil, err
	}
	if len(c.Quantization) > 0 && string(c.Quantization) != "null" {
		return nil, errors.New("quantization_config: quantized weights are not supported")
	}
	if c.model, err = c.architecture.parse(content); err != nil {
		return nil, err
	}
	if err := checkSizes(c.model); err != nil {
		return nil, err
	}
	return c, c.model.Validate()
}

// checkSizes refuses unreasonably large sizes. With these bounds no product of sizes
// overflows, so that a model's memory can be compared with the length of the weights before
// it is allocated.
func checkSizes(c nn.Config) error {
	const wide, narrow = 1 << 24, 1 << 15
	for _, s := range []struct {
		name       string
		value, max int
	}{
		{"vocabulary", c.Vocab, wide},
		{"feed-forward width", c.Hidden, wide},
		{"context", c.Context, wide},
		{"hidden size", c.Dim, narrow},
		{"layers", c.Layers, narrow},
		{"attention heads", c.Heads, narrow},
		{"key/value heads", c.KVHeads, narrow},
		{"head dim", c.HeadDim, narrow},
	} {
		if s.value < 1 || s.value > s.max {
			return fmt.Errorf("%s %d: must be from 1 to %d", s.name, s.value, s.max)
		}
	}
	return nil
}

// headDim returns the width of a head if the config does not state it.
func headDim(dimKey string, dim int, headsKey string, heads int) (int, error) {
	if heads < 1 || dim%heads != 0 {
		return 0, fmt.Errorf("%s %d does not divide by %s %d", dimKey, dim, headsKey, heads)
	}
	return dim / heads, nil
}

// tokens returns what the tokenizer needs to know of the model.
func (c *config) tokens() tokenizer.Model {
	first := func(ids tokenIDs) *int32 {
		if len(ids) == 0 {
			return nil
		}
		return &ids[0]
	}
	return tokenizer.Model{BOS: first(c.BOS), EOS: first(c.EOS), Vocab: c.model.Vocab}
}

// config returns the config as Save writes it: the config that was read, with another form of
// the weights. A model that was made here gets a LLaMA config.
func (c *Checkpoint) config(dtype DType) ([]byte, error) {
	settings := make(map[string]any)
	switch {
	case c.source != nil:
		d := json.NewDecoder(bytes.NewReader(c.source.content))
		d.UseNumber() // keeps 2.0, since transformers refuses 2 for some settings
		if err := d.Decode(&settings); err != nil {
			return nil, err
		}
		delete(settings, "dtype") // the name of torch_dtype since transformers 5
	case c.Model.Config.Variant != nn.Variant{}:
		return nil, errors.New("checkpoint: a model that is no LLaMA and was read from no config.json has none to " +
			"write")
	default:
		settings = llamaConfig(c)
	}
	settings["torch_dtype"] = dtype.torch()
	return wholefile.JSON(settings)
}

// llamaConfig describes a LLaMA-style model.
func llamaConfig(c *Checkpoint) map[string]any {
	m := c.Model.Config
	end := func(id int32, ok bool) any {
		if ok {
			return id
		}
		return nil // written as null: transformers takes an absent BOS for 1 and EOS for 2
	}
	return map[string]any{
		"architectures": []string{llama.name}, "model_type": "llama", "hidden_act": "silu",
		"vocab_size": m.Vocab, "hidden_size": m.Dim, "intermediate_size": m.Hidden, "num_hidden_layers": m.Layers,
		"num_attention_heads": m.Heads, "num_key_value_heads": m.KVHeads, "head_dim": m.HeadDim,
		"max_position_embeddings": m.Context, "rms_norm_eps": m.NormEps, "rope_theta": m.RopeTheta,
		"tie_word_embeddings": m.TiedHead,
		"bos_token_id":        end(c.Tokenizer.BOS()), "eos_token_id": end(c.Tokenizer.EOS()),
	}
}

// variantText lists only the settings in which a variant differs from LLaMA, so that a new
// field of nn.Variant changes no model's hash.
func variantText(v nn.Variant) string {
	var b strings.Builder
	fields := reflect.ValueOf(v)
	for i := range fields.NumField() {
		if f := fields.Field(i); !f.IsZero() {
			fmt.Fprintf(&b, "%s %v\n", fields.Type().Field(i).Name, f)
		}
	}
	return b.String()
}
