package explain

import (
	"slices"
	"strings"

	"ranksweep/lora/peft"
)

// peftTool is Hugging Face PEFT 0.21: src/peft/tuners/lora/config.py has the
// keys and their defaults, layer.py (update_layer) has the scale.
var peftTool = tool{
	name:   "PEFT",
	marks:  []string{"peft_type"},
	hints:  []string{"r+lora_alpha", "r+target_modules", "lora_alpha+target_modules"},
	beside: slices.Concat(peftBeside, besideTrainer),
	read:   readPEFT,
	write: func(s Settings) ([]pair, []string) {
		return writeKeywords(s, peftWords, pair{"peft_type", "LORA"})
	},
}

var peftWords = words{
	rank: "r", alpha: "lora_alpha", rslora: "use_rslora", dora: "use_dora",
	dropout: "lora_dropout", init: "init_lora_weights", bias: "bias",
	exclude: "exclude_modules", layers: "layers_to_transform", layersPattern: "layers_pattern",
	ranks: "rank_pattern", alphas: "alpha_pattern", lr: "learning_rate", ratio: "loraplus_lr_ratio",
	optimizer: "optim", model: "base_model_name_or_path", p: 1, defaults: Settings{Rank: 8, Alpha: 8},
	nullable:   []string{"learning_rate"}, // which PEFT does not take
	lrPlace:    "the trainer takes the learning rate: TrainingArguments(learning_rate=%s)",
	ratioPlace: "the optimizer takes LoRA+: create_loraplus_optimizer(loraplus_lr_ratio=%s)",
}

// peftBeside are keys that have nothing to do with the adapter, or nothing unless
// init_lora_weights names them.
var peftBeside = strings.Fields(`
	peft_type task_type auto_mapping peft_version revision inference_mode fan_in_fan_out megatron_core loftq_config
	eva_config corda_config lora_ga_config qalora_group_size ensure_weight_tying runtime_config`)

func readPEFT(s *source) Settings {
	if t := s.text("peft_type"); t != "" && t != "LORA" {
		return readPEFTMethod(s, t)
	}
	refuseLayers(s, "target_modules", peftWords)
	return readKeywords(s, peftWords)
}

// readKeywords reads the arguments of LoraConfig and get_peft_model.
func readKeywords(s *source, w words) Settings {
	a := w.read(s)
	if s.isNull(w.init) {
		a.Init = "false" // layer.py asks only whether it is true
	}
	a.setTargets(s.maps("target_modules"))
	if value, _ := s.root.find("target_modules"); value != nil && len(a.Targets)+len(a.NoNames) == 0 &&
		a.Pattern == "" {
		a.NoTargets = true
	}
	a.readBeyond(s)
	return a
}

// readBeyond notes what arguments of LoraConfig ask for beyond LoRA.
func (a *Settings) readBeyond(s *source) {
	for _, b := range peft.Beyond {
		switch b.Key {
		case "lora_bias":
			a.readBiasOfB(s)
		case "target_parameters":
			a.setParameters(s, b.Key)
		default:
			a.vary(s, b.Key, b.What)
		}
	}
}

// vary notes what a key asks for beyond LoRA.
func (a *Settings) vary(s *source, key, what string) {
	if s.asks(key) {
		a.Variants = append(a.Variants, what)
	}
}

// setParameters reads targets that are parameters, not maps.
func (a *Settings) setParameters(s *source, key string) {
	if a.Parameters = s.names(key); len(a.Parameters) > 0 {
		a.Variants = append(a.Variants, "parameters that are not a linear map")
	}
}

// readBiasOfB reads lora_bias. PEFT takes true or false. Training scripts that hand their
// own settings on to PEFT have there what PEFT calls bias.
func (a *Settings) readBiasOfB(s *source) {
	text, isText := s.root.values["lora_bias"].(string)
	switch {
	case isText && !s.bears("peft_type"):
		if s.known["lora_bias"] = true; text != "none" {
			a.Bias = text
		}
	case s.flag("lora_bias"):
		a.Variants = append(a.Variants, "biases of B")
	}
}

// setTargets takes what PEFT gets as target_modules: a text is all-linear or a pattern, and a
// list has names.
func (a *Settings) setTargets(names []string, pattern string) {
	if strings.EqualFold(pattern, allLinear) {
		names, pattern = []string{allLinear}, ""
	} else {
		names, a.NoNames = sortNames(names)
	}
	a.Targets, a.Pattern = names, pattern
}

// sortNames parts names of maps from what cannot be one. For PEFT all-linear in a list is a
// name, which no map has, and expressions are not matched there.
func sortNames(all []string) (names, others []string) {
	for _, name := range all {
		switch {
		case slices.Contains(names, name):
		case isLiteral(name) && !strings.EqualFold(name, allLinear):
			names = append(names, name)
		default:
			others = append(others, name)
		}
	}
	return names, others
}

// isLiteral reports whether a pattern is a name, or the end of one.
func isLiteral(pattern string) bool {
	return pattern != "" && !strings.ContainsAny(pattern, `\^$*+?()[]{}| `)
}

// refuseLayers refuses what PEFT refuses: layers together with targets that are a text, and a
// pattern of layers without their numbers.
func refuseLayers(s *source, targets string, w words) {
	value, _ := s.root.find(targets)
	_, isText := value.(string)
	_, layers := s.get(w.layers)
	_, pattern := s.get(w.layersPattern)
	switch {
	case isText && layers:
		s.fail(w.layers, "%s: PEFT refuses it where %s is a text: list the maps", w.layers, targets)
	case pattern && !layers:
		s.fail(w.layersPattern, "%s: PEFT refuses it without %s: set both", w.layersPattern, w.layers)
	}
}

// writeKeywords writes settings as arguments of LoraConfig and get_peft_model.
func writeKeywords(s Settings, w words, first ...pair) ([]pair, []string) {
	targets, remarks := textOrList("target_modules", s)
	pairs, more := w.write(s)
	return slices.Concat(first, targets, pairs), slices.Concat(remarks, more)
}

// textOrList writes targets where a text can be all-linear or a pattern.
func textOrList(key string, s Settings) ([]pair, []string) {
	switch {
	case s.Pattern != "":
		return []pair{{key, jsonText(s.Pattern)}}, nil
	case s.onlyAllLinear() && len(s.Layers) == 0:
		return []pair{{key, allLinear}}, nil
	}
	return onlyList(key, s)
}

// onlyList writes targets where they are a list of names.
func onlyList(key string, s Settings) ([]pair, []string) {
	names, remarks := s.onlyNames(key)
	if len(names) == 0 {
		return nil, remarks
	}
	return []pair{{key, listText(names)}}, remarks
}

// onlyNames returns the names of the targets, or a remark why there are none.
func (s Settings) onlyNames(key string) (names, remarks []string) {
	switch {
	case s.Pattern != "":
		return nil, []string{key + " takes no pattern: list the maps that match " + s.Pattern}
	case len(s.Targets) == 0:
		return nil, []string{"no target is named here: set " + key}
	}
	return s.named()
}
