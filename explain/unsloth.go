package explain

// unslothTool reads the arguments of FastLanguageModel.get_peft_model as YAML or JSON. They
// are PEFT's keys with other defaults, r 16 and lora_alpha 16 (unsloth/models/llama.py,
// get_peft_model).
var unslothTool = tool{
	name: "Unsloth",
	marks: []string{"use_gradient_checkpointing", "random_state", "finetune_mlp_modules", "finetune_attention_modules",
		"finetune_language_layers", "finetune_vision_layers", "temporary_location", "r"},
	read: readUnsloth,
	write: func(s Settings) (lines, remarks []string) {
		lines, remarks = keywords(s)
		if len(s.Ranks)+len(s.Alphas) > 0 {
			remarks = append(remarks, "not every release of Unsloth passes patterns on to PEFT's LoraConfig")
		}
		return lines, remarks
	},
}

// unslothBeside are keys that have nothing to do with the adapter.
var unslothBeside = []string{
	"use_gradient_checkpointing", "random_state", "max_seq_length", "temporary_location", "loftq_config", "qat_scheme",
	"load_in_4bit", "load_in_8bit", "dtype", "finetune_vision_layers", "finetune_language_layers", "layers_pattern",
	"fan_in_fan_out", "task_type", "ensure_weight_tying",
}

// unslothTargets are the maps that are adapted if target_modules is absent: the four of
// attention, then those of the feed-forward part.
var unslothTargets = []string{"q_proj", "k_proj", "v_proj", "o_proj", "gate_proj", "up_proj", "down_proj"}

func readUnsloth(s *source) (Settings, []string) {
	a := readKeywords(s, 16, 16)
	a.Model, a.LR = s.text("model_name"), s.number("learning_rate", 0)
	if a.Targets == nil && a.Pattern == "" {
		for i, name := range unslothTargets {
			key := "finetune_mlp_modules"
			if i < 4 {
				key = "finetune_attention_modules"
			}
			if on := s.flag(key); on || !s.has(key) {
				a.Targets = append(a.Targets, name)
			}
		}
	}
	return a, s.rest(unslothBeside...)
}
