package checkpoint

import (
	"errors"
	"fmt"
	"maps"
	"math"
	"slices"
	"strings"

	"ranksweep/nn/checkpoint/gguf"
)

// ggufArchitecture is how an architecture is told in GGUF files.
type ggufArchitecture struct {
	config map[string]any    // fields of config.json that a GGUF file takes for granted
	names  map[string]string // llama.cpp's names of tensors, and those of a folder; %d is a block's number
	turned bool              // the rows of q and k are in llama.cpp's own order; see unturn
}

// ggufArchitectures are by general.architecture.
var ggufArchitectures = map[string]ggufArchitecture{
	"llama": {
		config: map[string]any{"architectures": []string{"LlamaForCausalLM"}, "model_type": "llama", "hidden_act": "silu"},
		names:  ggufLlamaNames,
		turned: true,
	},
}

// ggufLlamaNames are those of LLaMA's family.
var ggufLlamaNames = map[string]string{
	"token_embd":         "model.embed_tokens",
	"output_norm":        "model.norm",
	"output":             "lm_head",
	"blk.%d.attn_norm":   "model.layers.%d.input_layernorm",
	"blk.%d.attn_q":      "model.layers.%d.self_attn.q_proj",
	"blk.%d.attn_k":      "model.layers.%d.self_attn.k_proj",
	"blk.%d.attn_v":      "model.layers.%d.self_attn.v_proj",
	"blk.%d.attn_output": "model.layers.%d.self_attn.o_proj",
	"blk.%d.attn_q_norm": "model.layers.%d.self_attn.q_norm",
	"blk.%d.attn_k_norm": "model.layers.%d.self_attn.k_norm",
	"blk.%d.ffn_norm":    "model.layers.%d.post_attention_layernorm",
	"blk.%d.ffn_gate":    "model.layers.%d.mlp.gate_proj",
	"blk.%d.ffn_up":      "model.layers.%d.mlp.up_proj",
	"blk.%d.ffn_down":    "model.layers.%d.mlp.down_proj",
}

// ggufInts and ggufFloats are keys, after the architecture's name, and the
// fields of config.json that they stand for.
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
	}
	ggufFloats = map[string]string{
		"attention.layer_norm_rms_epsilon": "rms_norm_eps",
		"rope.freq_base":                   "rope_theta",
	}
)

// ggufConfig returns the config that a GGUF file's metadata and tensors
// describe, by way of the config.json that says the same.
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
	fields, err := m.fields(f.Tensors)
	if err != nil {
		return nil, arch, err
	}
	maps.Copy(fields, arch.config)
	c, err := parseConfig(encodeJSON(fields))
	if err != nil {
		return nil, arch, err
	}
	return c, arch, m.rotatesAll(c.model.HeadDim)
}

// ggufMetadata is metadata whose keys begin with the architecture.
type ggufMetadata struct {
	gguf.Metadata
	prefix string
}

// fields returns fields of config.json.
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
		if x, ok, err := m.Float(m.prefix + key); err != nil {
			return nil, err
		} else if ok && !math.IsNaN(x) && !math.IsInf(x, 0) {
			fields[field] = x
		}
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
	scaling, err := m.ropeScaling()
	if i := find(ropeFactors); i >= 0 && scaling == nil && err == nil {
		scaling, err = llama3Scaling(tensors[i], fields)
	}
	if scaling != nil {
		fields["rope_scaling"] = scaling
	}
	return fields, err
}

// int returns an integer, or the one that an array has for every block.
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

// ropeScaling returns what config.json says under rope_scaling.
func (m ggufMetadata) ropeScaling() (map[string]any, error) {
	kind, _, err := m.String(m.prefix + "rope.scaling.type")
	if err != nil || kind == "" || kind == "none" {
		return nil, err
	}
	factor, _, err := m.Float(m.prefix + "rope.scaling.factor")
	return map[string]any{"rope_type": kind, "factor": factor}, err
}

// rotatesAll refuses heads of which a part is rotated alone, and values of
// another width than keys.
func (m ggufMetadata) rotatesAll(headDim int) error {
	for _, key := range []string{"rope.dimension_count", "attention.value_length"} {
		n, ok, err := m.Int(m.prefix + key)
		if err != nil {
			return err
		}
		if ok && n != headDim {
			return fmt.Errorf("%s%s %d: must be the head dim %d", m.prefix, key, n, headDim)
		}
	}
	return nil
}
