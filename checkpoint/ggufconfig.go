package checkpoint

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"math"
	"slices"
	"strconv"
	"strings"

	"ranksweep/checkpoint/gguf"
	"ranksweep/paper/number"
	"ranksweep/wholefile"
)

// ggufInts and ggufFloats map keys of GGUF, without the architecture's name before them, to
// LLaMA's keys of config.json.
var (
	ggufInts = map[string]string{
		"context_length":           "max_position_embeddings",
		"embedding_length":         "hidden_size",
		"feed_forward_length":      "intermediate_size",
		"block_count":              "num_hidden_layers",
		"attention.head_count":     "num_attention_heads",
		"attention.head_count_kv":  "num_key_value_heads",
		"attention.key_length":     "head_dim",
		"attention.sliding_window": "sliding_window",

		"attention.sliding_window_pattern": "sliding_window_pattern",
	}
	ggufFloats = map[string]string{
		"attention.layer_norm_rms_epsilon": "rms_norm_eps",
		"attention.layer_norm_epsilon":     "layer_norm_eps",
		"rope.freq_base":                   "rope_theta",
		"rope.freq_base_swa":               "rope_theta_swa",
		"attn_logit_softcapping":           "attn_logit_softcapping",
		"final_logit_softcapping":          "final_logit_softcapping",
	}
)

// ggufConfig returns the config that a GGUF file's metadata and tensors describe. It first
// makes an equivalent config.json, and then reads that.
func ggufConfig(f *gguf.File) (*config, ggufArchitecture, error) {
	name, _, err := f.Metadata.String("general.architecture")
	if err != nil {
		return nil, ggufArchitecture{}, err
	}
	arch, ok := ggufArchitectures[name]
	if !ok {
		return nil, arch, fmt.Errorf("general.architecture %q is unknown; known are: %s",
			name, strings.Join(slices.Sorted(maps.Keys(ggufArchitectures)), ", "))
	}
	m := ggufMetadata{f.Metadata, name + "."}
	if err := cmp.Or(m.check(), m.checkNeeded()); err != nil {
		return nil, arch, err
	}
	fields, err := m.fields(f.Tensors)
	if err != nil {
		return nil, arch, err
	}
	for llama, key := range arch.keys {
		fields[key] = fields[llama]
		delete(fields, llama)
	}
	if arch.derive != nil {
		if err := arch.derive(fields); err != nil {
			return nil, arch, err
		}
	}
	maps.Copy(fields, arch.config)
	for key, value := range fields {
		if x, ok := value.(float64); ok {
			fields[key] = decimal(x)
		}
	}
	content, err := wholefile.JSON(fields)
	if err != nil {
		return nil, arch, err
	}
	c, err := parseConfig(content)
	return c, arch, err
}

// decimal writes a number with a decimal point, so that transformers does not take it for an
// integer.
func decimal(x float64) json.Number {
	text := strconv.FormatFloat(x, 'g', -1, 64)
	if !strings.ContainsAny(text, ".e") {
		text += ".0"
	}
	return json.Number(text)
}

// ggufMetadata is metadata whose keys begin with the architecture's name.
type ggufMetadata struct {
	gguf.Metadata
	prefix string
}

// fields returns settings of config.json under LLaMA's keys.
func (m ggufMetadata) fields(tensors []gguf.Tensor) (map[string]any, error) {
	fields := make(map[string]any)
	for key, field := range ggufInts {
		if n, ok, err := m.int(key); err != nil {
			return nil, err
		} else if ok {
			fields[field] = n
		}
	}
	for key, field := range ggufFloats {
		if x, ok, err := m.float(key); err != nil {
			return nil, err
		} else if ok {
			fields[field] = x
		}
	}
	if parallel, ok, err := m.Bool(m.prefix + "use_parallel_residual"); err != nil {
		return nil, err
	} else if ok {
		fields["use_parallel_residual"] = parallel
	}
	find := func(name string) int {
		return slices.IndexFunc(tensors, func(t gguf.Tensor) bool { return t.Name == name })
	}
	embedding := find("token_embd.weight")
	if embedding < 0 || len(tensors[embedding].Shape) == 0 {
		return nil, errors.New(`tensor "token_embd.weight" is missing`)
	}
	fields["vocab_size"] = tensors[embedding].Shape[0]
	fields["tie_word_embeddings"] = find("output.weight") < 0
	for _, key := range []string{"bos_token_id", "eos_token_id"} {
		fields[key] = nil // written as null: transformers takes an absent BOS for 1 and EOS for 2
		if n, ok, err := m.Int("tokenizer.ggml." + key); err != nil {
			return nil, err
		} else if ok {
			fields[key] = n
		}
	}
	scaling, err := m.ropeScaling()
	if i := find(ropeFactors); i >= 0 && scaling == nil && err == nil {
		scaling, err = llama3Scaling(tensors[i], fields)
	}
	if scaling != nil {
		fields["rope_scaling"] = scaling
	}
	return fields, cmp.Or(err, m.setHeads(fields))
}

// int returns an integer. The value may also be an array with the same integer for every
// block.
func (m ggufMetadata) int(key string) (int, bool, error) {
	key = m.prefix + key
	all, ok, err := m.Ints(key)
	if err != nil || !ok {
		return m.Int(key)
	}
	if len(all) == 0 || slices.ContainsFunc(all, func(n int) bool { return n != all[0] }) {
		return 0, false, fmt.Errorf("%s %v: must be the same for every block", key, all)
	}
	return all[0], true, nil
}

// float returns a finite number.
func (m ggufMetadata) float(key string) (float64, bool, error) {
	x, ok, err := m.Float(m.prefix + key)
	if math.IsNaN(x) || math.IsInf(x, 0) {
		return 0, false, fmt.Errorf("%s%s %s: must be a finite number", m.prefix, key, number.Brief(x))
	}
	return x, ok, err
}

// ropeScaling returns the value of rope_scaling in config.json. As in llama.cpp
// (src/llama-model.cpp, load_hparams), scaling without a type is linear, the old key
// rope.scale_linear counts without rope.scaling.factor, and a factor of 0 is none.
func (m ggufMetadata) ropeScaling() (map[string]any, error) {
	kind, ok, err := m.String(m.prefix + "rope.scaling.type")
	if err != nil || kind == "none" {
		return nil, err
	}
	if !ok {
		kind = "linear"
	}
	factor, ok, err := m.float("rope.scaling.factor")
	if !ok && err == nil {
		factor, _, err = m.float("rope.scale_linear")
	}
	if err != nil || kind == "linear" && (factor == 0 || factor == 1) {
		return nil, err
	}
	return map[string]any{"rope_type": kind, "factor": decimal(factor)}, nil
}

// setHeads sets the part of a head that is rotated, and refuses values whose width differs from
// that of keys.
func (m ggufMetadata) setHeads(fields map[string]any) error {
	dim, known := fields["head_dim"].(int)
	if heads, _ := fields["num_attention_heads"].(int); !known && heads > 0 {
		width, _ := fields["hidden_size"].(int)
		dim = width / heads
	}
	rotated, ok, err := m.int("rope.dimension_count")
	if ok && dim > 0 {
		part := float64(rotated) / float64(dim)
		if part*float64(dim) < float64(rotated) {
			part = math.Nextafter(part, 1) // the reader truncates the product to an integer
		}
		fields["partial_rotary_factor"] = part
	}
	width, ok, errWidth := m.int("attention.value_length")
	if ok && width != dim {
		return fmt.Errorf("%sattention.value_length %d: must be the keys' %d", m.prefix, width, dim)
	}
	return cmp.Or(err, errWidth)
}
