package peft

import (
	"maps"
	"reflect"
	"slices"
	"strings"
)

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

// idle are the other settings of PEFT 0.21 and of ms-swift that do not change what a stored
// adapter computes.
var idle = strings.Fields(`
	auto_mapping corda_config ensure_weight_tying eva_config inference_mode learning_rate loftq_config lora_dtype
	lora_ga_config lorap_emb_lr lorap_lr_ratio loraplus_lr_ratio megatron_core peft_version qalora_group_size revision
	runtime_config task_type`)

// unknown returns the settings that ask for something and that nobody here knows, sorted.
func unknown(settings map[string]any) (names []string) {
	for _, name := range slices.Sorted(maps.Keys(settings)) {
		if Asks(settings[name]) && !isKnown(name) {
			names = append(names, name)
		}
	}
	return names
}

func isKnown(name string) bool {
	isRead := func(f reflect.StructField) bool { return f.Tag.Get("json") == name }
	isBeyond := func(s Setting) bool { return s.Key == name }
	return slices.Contains(idle, name) || slices.ContainsFunc(Beyond, isBeyond) ||
		slices.ContainsFunc(reflect.VisibleFields(reflect.TypeFor[config]()), isRead)
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
