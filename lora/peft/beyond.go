package peft

// A Setting is a key of an adapter_config.json, and what it asks for.
type Setting struct{ Key, What string }

// Beyond lists the settings that ask for more than LoRA or DoRA of linear maps. A folder that
// asks for one of them is refused.
var Beyond = []Setting{
	{"use_qalora", "QALoRA"},
	{"use_bdlora", "block-diagonal LoRA"},
	{"velora_config", "VeLoRA"},
	{"kasa_config", "KaSA"},
	{"monteclora_config", "MonteCLoRA"},
	{"arrow_config", "Arrow, routing among adapters"},
	{"alora_invocation_tokens", "aLoRA, which is active only after certain tokens"},
	{"layer_replication", "repeated layers"},
	{"lora_bias", "biases of B"},
	{"modules_to_save", "whole modules, trained and saved"},
	{"target_parameters", "parameters that are not a linear map"},
	{"trainable_token_indices", "tokens, trained and saved"},
	{"megatron_config", "Megatron"},
}

// Asks reports whether the value of a setting asks for anything: it is neither absent, null,
// false nor empty.
func Asks(value any) bool {
	switch v := value.(type) {
	case nil:
		return false
	case bool:
		return v
	case string:
		return v != ""
	case []any:
		return len(v) > 0
	case map[string]any:
		return len(v) > 0
	}
	return true
}
