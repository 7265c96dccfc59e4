package checkpoint

import (
	"fmt"
	"maps"

	"ranksweep/nn"
)

// ggufArchitecture says how GGUF files describe an architecture.
type ggufArchitecture struct {
	config map[string]any    // settings of config.json that a GGUF file does not state
	keys   map[string]string // LLaMA's keys of config.json → this architecture's, if different
	names  map[string]string // llama.cpp's names of tensors → names in folders; %d is a block's number

	// derive, if not nil, adds settings that a file does not state.
	derive func(fields map[string]any) error
	// normsPlusOne says that the stored weights of norms are 1 + w, the factors themselves.
	normsPlusOne bool
	// rows, if not nil, returns a function that gives the place in a file of row i of a
	// block's part; that function is nil if row i is at i.
	rows func(part string, c nn.Config) func(i int) int
}

// ggufArchitectures maps general.architecture to the architecture.
var ggufArchitectures = map[string]ggufArchitecture{
	"llama": {config: ggufIs(llama, "llama", "silu"), names: ggufLlamaNames, rows: turnedRows},
	"qwen2": {config: ggufIs(qwen2, "qwen2", "silu"), names: ggufLlamaNames},
	"qwen3": {config: ggufIs(qwen3, "qwen3", "silu"), names: ggufLlamaNames},
	"gemma": {config: ggufIs(gemma, "gemma", "gelu_pytorch_tanh"), names: ggufLlamaNames, normsPlusOne: true},
	"gemma2": {config: ggufIs(gemma2, "gemma2", "gelu_pytorch_tanh"), names: ggufGemma2Names, normsPlusOne: true,
		derive: deriveGemma2},
	"phi3":    {config: ggufIs(phi3, "phi3", "silu"), names: ggufPhi3Names},
	"phi2":    {config: ggufIs(phi, "phi", "gelu_new"), names: ggufPhiNames},
	"gpt2":    {config: ggufIs(gpt2, "gpt2", "gelu_new"), names: ggufGPT2Names, keys: ggufGPT2Keys},
	"gptneox": {config: ggufIs(gptNeoX, "gpt_neox", "gelu_new"), names: ggufNeoXNames, rows: gatheredRows},
}

// ggufIs returns the settings that name an architecture. llama.cpp's GELU is the approximation
// by tanh.
func ggufIs(a architecture, modelType, activation string) map[string]any {
	return map[string]any{
		"architectures": []string{a.name}, "model_type": modelType,
		"hidden_act": activation, "hidden_activation": activation, "activation_function": activation,
	}
}

// ggufLlamaNames are the names of LLaMA's family.
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

// ggufGemma2Names also have the norms after the parts of a block.
var ggufGemma2Names = with(ggufLlamaNames, map[string]string{
	"blk.%d.post_attention_norm": "model.layers.%d.post_attention_layernorm",
	"blk.%d.ffn_norm":            "model.layers.%d.pre_feedforward_layernorm",
	"blk.%d.post_ffw_norm":       "model.layers.%d.post_feedforward_layernorm",
})

// deriveGemma2 adds the number by whose root attention divides its scores, which no file
// states. llama.cpp (src/models/gemma2.cpp) recognizes Gemma 2 27B by its 46 blocks and uses
// hidden_size divided by heads for it; for other models it uses the head dim. A period of
// windows other than two, or other frequencies for layers with a window, are refused.
func deriveGemma2(fields map[string]any) error {
	if n, ok := fields["sliding_window_pattern"]; ok && n != 2 {
		return fmt.Errorf("gemma2.attention.sliding_window_pattern %v: must be 2", n)
	}
	if local, ok := fields["rope_theta_swa"]; ok && local != fields["rope_theta"] {
		return fmt.Errorf("gemma2.rope.freq_base_swa %v: must be rope.freq_base, %v", local, fields["rope_theta"])
	}
	scale, ok := fields["head_dim"]
	width, _ := fields["hidden_size"].(int)
	heads, _ := fields["num_attention_heads"].(int)
	if fields["num_hidden_layers"] == 46 && heads > 0 {
		scale, ok = width/heads, true
	}
	if ok {
		fields["query_pre_attn_scalar"] = scale
	}
	return nil
}

// ggufPhi3Names have one name for q, k and v, and one for gate and up.
var ggufPhi3Names = with(ggufLlamaNames, map[string]string{
	"blk.%d.attn_qkv": "model.layers.%d.self_attn.qkv_proj",
	"blk.%d.ffn_up":   "model.layers.%d.mlp.gate_up_proj",
})

var ggufPhiNames = with(ggufLlamaNames, map[string]string{
	"output_norm":        "model.final_layernorm",
	"blk.%d.attn_output": "model.layers.%d.self_attn.dense",
	"blk.%d.ffn_up":      "model.layers.%d.mlp.fc1",
	"blk.%d.ffn_down":    "model.layers.%d.mlp.fc2",
})

var ggufGPT2Names = map[string]string{
	"token_embd":         "transformer.wte",
	"position_embd":      "transformer.wpe",
	"output_norm":        "transformer.ln_f",
	"output":             "lm_head",
	"blk.%d.attn_norm":   "transformer.h.%d.ln_1",
	"blk.%d.attn_qkv":    "transformer.h.%d.attn.c_attn",
	"blk.%d.attn_output": "transformer.h.%d.attn.c_proj",
	"blk.%d.ffn_norm":    "transformer.h.%d.ln_2",
	"blk.%d.ffn_up":      "transformer.h.%d.mlp.c_fc",
	"blk.%d.ffn_down":    "transformer.h.%d.mlp.c_proj",
}

var ggufNeoXNames = map[string]string{
	"token_embd":         "gpt_neox.embed_in",
	"output_norm":        "gpt_neox.final_layer_norm",
	"output":             "embed_out",
	"blk.%d.attn_norm":   "gpt_neox.layers.%d.input_layernorm",
	"blk.%d.attn_qkv":    "gpt_neox.layers.%d.attention.query_key_value",
	"blk.%d.attn_output": "gpt_neox.layers.%d.attention.dense",
	"blk.%d.ffn_norm":    "gpt_neox.layers.%d.post_attention_layernorm",
	"blk.%d.ffn_up":      "gpt_neox.layers.%d.mlp.dense_h_to_4h",
	"blk.%d.ffn_down":    "gpt_neox.layers.%d.mlp.dense_4h_to_h",
}

var ggufGPT2Keys = map[string]string{
	"max_position_embeddings": "n_positions",
	"hidden_size":             "n_embd",
	"intermediate_size":       "n_inner",
	"num_hidden_layers":       "n_layer",
	"num_attention_heads":     "n_head",
	"layer_norm_eps":          "layer_norm_epsilon",
}

// with returns a copy of a table with changes.
func with(table, changes map[string]string) map[string]string {
	table = maps.Clone(table)
	maps.Copy(table, changes)
	return table
}
