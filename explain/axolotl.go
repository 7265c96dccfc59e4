package explain

import "slices"

// axolotlTool is Axolotl 0.19: src/axolotl/utils/schemas/peft.py has the keys,
// src/axolotl/loaders/adapter.py hands them to PEFT.
var axolotlTool = tool{
	name: "Axolotl",
	marks: []string{"lora_target_linear", "peft_use_rslora", "base_model+sequence_len",
		"base_model+micro_batch_size", "base_model+datasets", "peft_use_dora", "peft_init_lora_weights",
		"peft_layers_to_transform", "lora_rank_pattern", "lora_alpha_pattern"},
	hints:    []string{"adapter=lora", "adapter=qlora", "base_model+lora_r", "lora_r"},
	converts: true,
	beside:   slices.Concat(besideAxolotl, besideTrainer),
	read:     readAxolotl,
	write:    writeAxolotl,
}

var axolotlWords = words{
	rank: "lora_r", alpha: "lora_alpha", rslora: "peft_use_rslora", dora: "peft_use_dora", dropout: "lora_dropout",
	init: "peft_init_lora_weights", exclude: "lora_exclude_modules", layers: "peft_layers_to_transform",
	layersPattern: "peft_layers_pattern", ranks: "lora_rank_pattern", alphas: "lora_alpha_pattern",
	lr: "learning_rate", ratio: "loraplus_lr_ratio", optimizer: "optimizer", model: "base_model", p: 1,
	wholeAlpha: true,
	// The first two are asked for.
	nullable: []string{"lora_r", "lora_alpha", "lora_rank_pattern", "lora_alpha_pattern"},
}

func readAxolotl(s *source) Settings {
	adapter := s.text("adapter")
	if adapter == "" && s.bears("lora_r") {
		s.fail("lora_r", "adapter is absent, so that Axolotl trains all weights, whatever lora_r is: "+
			"write adapter: lora")
	} else if adapter == "" {
		s.fail("adapter", "adapter is absent, so that Axolotl trains all weights: there is no adapter to explain%s",
			elsewhere(s.text("lora_model_dir")))
	} else if adapter != "lora" && adapter != "qlora" {
		s.fail("adapter", "adapter: %q: must be lora or qlora: other methods scale differently", adapter)
	}
	stored := s.text("lora_model_dir")
	for _, key := range []string{"lora_r", "lora_alpha"} {
		if _, ok := s.get(key); !ok {
			s.fail(key, "%s is missing, and Axolotl has no default for it: set it%s", key, elsewhere(stored))
		}
	}
	a := axolotlWords.read(s)
	a.Stored = stored
	a.setTargets(s.maps("lora_target_modules"))
	if s.flag("lora_target_linear") {
		a.addAllLinear()
	} else {
		refuseLayers(s, "lora_target_modules", axolotlWords)
	}
	a.NoTargets = len(a.Targets)+len(a.NoNames) == 0 && a.Pattern == "" && !s.asks("lora_target_parameters")
	if s.asks("peft.loftq_config") && a.Init == "" {
		a.Init = "loftq"
	}
	a.vary(s, "peft_layer_replication", "repeated layers")
	a.vary(s, "lora_modules_to_save", "whole modules, trained and saved")
	a.setParameters(s, "lora_target_parameters")
	a.vary(s, "peft_trainable_token_indices", "tokens, trained and saved")
	a.vary(s, "relora", "ReLoRA")
	return a
}

// addAllLinear joins lora_target_linear with lora_target_modules. A text among these, which
// alone would be a pattern, is then a name.
func (a *Settings) addAllLinear() {
	if a.Pattern != "" {
		a.Targets, a.NoNames = sortNames([]string{a.Pattern})
		a.Pattern = ""
	}
	if !a.onlyAllLinear() {
		a.Targets = slices.Concat([]string{allLinear}, a.Targets)
	}
}

func writeAxolotl(s Settings) ([]pair, []string) {
	pairs := []pair{{"adapter", "lora"}}
	targets, remarks := textOrList("lora_target_modules", s)
	if s.Pattern == "" && slices.Contains(s.Targets, allLinear) {
		pairs, remarks = append(pairs, pair{"lora_target_linear", "true"}), nil
		targets = nil
		if len(s.Targets) > 1 {
			targets = []pair{{"lora_target_modules", listText(s.Targets[1:])}}
		}
	}
	more, lost := axolotlWords.write(s)
	return slices.Concat(pairs, targets, more), slices.Concat(remarks, lost)
}
