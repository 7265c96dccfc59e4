package explain

import (
	"math"
	"slices"
	"strconv"
	"strings"
)

// llamaFactoryTool is LLaMA-Factory 0.9: src/llamafactory/hparams/finetuning_args.py
// has the keys and their defaults, and lora_alpha = 2·lora_rank if it is absent;
// src/llamafactory/model/adapter.py hands them to PEFT.
var llamaFactoryTool = tool{
	name: "LLaMA-Factory",
	marks: []string{"finetuning_type", "lora_target", "model_name_or_path+template", "model_name_or_path+cutoff_len",
		"model_name_or_path+stage", "model_name_or_path+adapter_name_or_path", "pissa_init"},
	hints:  []string{"lora_rank"},
	beside: slices.Concat(besideLLaMAFactory, besideTrainer),
	read:   readLLaMAFactory,
	write:  writeLLaMAFactory,
}

var llamaFactoryWords = words{
	rank: "lora_rank", alpha: "lora_alpha", rslora: "use_rslora", dora: "use_dora", dropout: "lora_dropout",
	lr: "learning_rate", ratio: "loraplus_lr_ratio", optimizer: "optim", model: "model_name_or_path", p: 1,
	wholeAlpha: true, zeroAlpha: true,
	nullable: []string{"lora_alpha"},
	defaults: Settings{Rank: 8, PerRank: 2, LR: 5e-5}, // the rate is of transformers' TrainingArguments
}

func readLLaMAFactory(s *source) Settings {
	if t := s.text("finetuning_type"); t != "" && t != "lora" {
		s.fail("finetuning_type", "finetuning_type: %s: must be lora: otherwise there is no adapter to explain", t)
	}
	adapter := strings.Join(s.names("adapter_name_or_path"), ", ")
	if !s.flag("create_new_adapter") {
		refuseWithoutTraining(s, adapter)
	} else {
		adapter = ""
	}
	a := llamaFactoryWords.read(s)
	a.Stored = adapter
	a.Targets = commas(s.names("lora_target"))
	if len(a.Targets) == 0 {
		s.absent = append(s.absent, "lora_target")
	}
	if len(a.Targets) == 0 || slices.Equal(a.Targets, []string{"all"}) {
		a.Targets = []string{allLinear}
	} else {
		a.Targets, a.NoNames = sortNames(a.Targets)
	}
	if s.flag("pissa_init") {
		a.Init = "pissa"
		if steps := s.number("pissa_iter", 16, ofSteps); steps >= 0 {
			a.Init += "_niter_" + yamlNumber(steps)
		}
	}
	a.vary(s, "additional_target", "whole modules, trained and saved")
	a.vary(s, "use_llama_pro", "LLaMA Pro, which trains added layers alone")
	return a
}

// loraKeys are keys of LLaMA-Factory and ms-swift that set something of an adapter.
var loraKeys = strings.Fields(`lora_rank lora_alpha lora_target target_modules target_regex lora_dropout use_rslora
	use_dora pissa_init init_weights loraplus_lr_ratio lorap_lr_ratio`)

// refuseWithoutTraining refuses files that make no adapter: those that load one, export a
// model or run one, and set nothing of an adapter.
func refuseWithoutTraining(s *source, adapter string) {
	if slices.ContainsFunc(loraKeys, s.bears) {
		return
	}
	other := adapter != "" || slices.ContainsFunc([]string{"export_dir", "infer_backend", "merge_lora"}, s.bears)
	trains := slices.ContainsFunc(strings.Fields(`
		do_train dataset finetuning_type tuner_type train_type sft_type rlhf_type`), s.bears)
	if other || !trains {
		s.fail("", "trains no adapter and sets nothing of one, such as lora_rank%s", elsewhere(adapter))
	}
}

// ofSteps is the bound of the steps of PiSSA's fast decomposition, of which -1 makes it exact.
var ofSteps = bound{"a whole number of at least -1", func(v float64) bool { return v >= -1 && v == math.Trunc(v) }}

// elsewhere says where the settings of a stored adapter are, if there is one.
func elsewhere(adapter string) string {
	if adapter == "" {
		return ""
	}
	return ": explain the adapter_config.json of " + adapter + ", which has the settings"
}

// commas parts names at commas.
func commas(texts []string) (names []string) {
	for name := range strings.SplitSeq(strings.Join(texts, ","), ",") {
		if name = strings.TrimSpace(name); name != "" {
			names = append(names, name)
		}
	}
	return names
}

func writeLLaMAFactory(s Settings) ([]pair, []string) {
	pairs := []pair{{"finetuning_type", "lora"}}
	names, remarks := []string{"all"}, []string(nil)
	if !s.onlyAllLinear() {
		names, remarks = s.onlyNames("lora_target")
	}
	if len(names) > 0 {
		pairs = append(pairs, pair{"lora_target", strings.Join(names, ",")})
	}
	if s.Init == "pissa" {
		s.Init = "pissa_niter_-1"
	}
	if steps, ok := strings.CutPrefix(s.Init, "pissa_niter_"); ok {
		if _, err := strconv.Atoi(steps); err == nil {
			pairs = append(pairs, pair{"pissa_init", "true"}, pair{"pissa_iter", steps})
			s.Init = ""
		}
	}
	more, lost := llamaFactoryWords.write(s)
	return slices.Concat(pairs, more), slices.Concat(remarks, lost)
}
