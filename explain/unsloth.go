package explain

import (
	"slices"
	"strings"
)

// unslothTool reads the arguments of FastLanguageModel.get_peft_model as YAML or JSON. They
// are PEFT's keys with other defaults, r 16 and lora_alpha 16 (unsloth/models/llama.py,
// get_peft_model).
var unslothTool = tool{
	name: "Unsloth",
	marks: []string{"use_gradient_checkpointing", "random_state", "finetune_mlp_modules", "finetune_attention_modules",
		"finetune_language_layers", "finetune_vision_layers", "finetune_last_n_layers", "temporary_location"},
	beside: slices.Concat(besideUnsloth, peftBeside, besideTrainer),
	read:   readUnsloth,
	write: func(s Settings) ([]pair, []string) {
		pairs, remarks := writeKeywords(s, unslothWords, pair{"use_gradient_checkpointing", "unsloth"})
		if len(s.Ranks)+len(s.Alphas) > 0 {
			remarks = append(remarks, "not every release of Unsloth passes patterns on to PEFT's LoraConfig")
		}
		return pairs, remarks
	},
}

var unslothWords = func() words {
	w := peftWords
	w.model, w.lastLayers = "model_name", "finetune_last_n_layers"
	w.defaults = Settings{Rank: 16, Alpha: 16}
	return w
}()

// besideUnsloth are keys that have nothing to do with the adapter.
var besideUnsloth = strings.Fields(`
	use_gradient_checkpointing random_state max_seq_length temporary_location qat_scheme load_in_4bit load_in_8bit
	dtype offload_layers checkpoint_skip_layers prefetch_depth`)

func readUnsloth(s *source) Settings {
	a := readKeywords(s, unslothWords)
	if len(a.Targets) == 0 && a.Pattern == "" && len(a.NoNames) == 0 {
		a.chooseTargets(s, "")
	}
	passOver(s, "")
	if n := s.lastLayers("finetune_last_n_layers", 0); len(a.Layers) == 0 {
		a.LastLayers = n
	}
	return a
}

// chooseTargets takes the maps that are adapted if none are named: the parts of a layer that
// are not switched off.
func (a *Settings) chooseTargets(s *source, section string) {
	for i, name := range linear {
		key := section + "finetune_mlp_modules"
		if i < 4 {
			key = section + "finetune_attention_modules"
		}
		if value, _ := s.root.find(key); value == nil || s.flag(key) {
			a.Targets = append(a.Targets, name)
		}
	}
}

// passOver takes the switches of parts of the model for understood where they are on, and so
// leave nothing out.
func passOver(s *source, section string) {
	for _, part := range strings.Fields("vision_layers language_layers attention_modules mlp_modules") {
		key := section + "finetune_" + part
		if value, _ := s.root.find(key); value == true {
			s.known[key] = true
		}
	}
}

// unslothFileTool reads the file that Unsloth's own command takes (unsloth_cli/config.py).
var unslothFileTool = tool{
	name:     "Unsloth's command",
	marks:    []string{"lora.lora_r", "training.training_type", "lora.use_loftq", "lora.finetune_mlp_modules"},
	converts: true,
	beside: strings.Fields(`
		data logging inference training.max_seq_length training.load_in_4bit training.output_dir training.num_epochs
		training.batch_size training.gradient_accumulation_steps training.warmup_steps training.max_steps
		training.save_steps training.weight_decay training.random_seed training.packing
		training.train_on_completions training.warmup_ratio training.eval_steps audio_type
		audio_input training.gradient_checkpointing training.optim training.lr_scheduler_type`),
	read: readUnslothFile,
}

var unslothFileWords = words{
	rank: "lora.lora_r", alpha: "lora.lora_alpha", rslora: "lora.use_rslora", dora: "lora.use_dora",
	dropout: "lora.lora_dropout", lr: "training.learning_rate", optimizer: "training.optim", model: "model", p: 1,
	defaults: Settings{Rank: 64, Alpha: 16, LR: 2e-4},
}

func readUnslothFile(s *source) Settings {
	if t := s.text("training.training_type"); t != "" && !strings.EqualFold(t, "lora") {
		s.fail("training.training_type", "training.training_type: %s: must be lora: otherwise there is no adapter to "+
			"explain", t)
	}
	a := unslothFileWords.read(s)
	names := commas(s.names("lora.target_modules"))
	if slices.Contains(names, allLinear) && len(names) == 1 || s.flag("lora.vision_all_linear") {
		a.Targets = []string{allLinear}
	} else if a.Targets, a.NoNames = sortNames(names); len(names) == 0 {
		a.chooseTargets(s, "lora.")
	}
	passOver(s, "lora.")
	if s.flag("lora.use_loftq") {
		a.Init = "loftq"
	}
	return a
}
