package explain

import (
	"slices"
	"strings"
)

// swiftTool is ms-swift 4.6, and before it: swift/arguments/tuner_args.py has the keys and
// their defaults, and swift/pipelines/train/tuner.py hands them to PEFT. It stores them as
// args.json beside an adapter.
var swiftTool = tool{
	name: "ms-swift",
	marks: []string{"tuner_type", "train_type", "sft_type", "tuner_backend", "lorap_lr_ratio", "rlhf_type",
		"target_regex", "swift_version", "adapters+infer_backend", "adapters+merge_lora"},
	hints:    []string{"model+lora_rank", "lora_rank"},
	converts: true,
	beside:   slices.Concat(besideSwift, besideTrainer),
	read:     readSwift,
	write:    writeSwift,
}

var swiftWords = words{
	rank: "lora_rank", alpha: "lora_alpha", rslora: "use_rslora", dora: "use_dora", dropout: "lora_dropout",
	init: "init_weights", bias: "lora_bias", lr: "learning_rate", ratio: "lorap_lr_ratio",
	optimizer: "optim", model: "model", p: 1,
	nullable: []string{"learning_rate"},
	defaults: Settings{Rank: 8, Alpha: 32, Dropout: 0.05, LR: 1e-4},
}

func readSwift(s *source) Settings {
	for _, key := range []string{"tuner_type", "train_type", "sft_type"} { // of releases 4, 3 and 2
		if t := s.text(key); t != "" && t != "lora" {
			s.fail(key, "%s: %s: must be lora: otherwise there is no LoRA to explain", key, t)
		}
	}
	adapter := strings.Join(s.names("adapters"), ", ")
	refuseWithoutTraining(s, adapter)
	a := swiftWords.read(s)
	a.Init = strings.ReplaceAll(a.Init, "-", "_") // lora-ga is PEFT's lora_ga
	a.Pattern = s.pattern("target_regex")
	a.setSwiftTargets(s)
	a.Stored = adapter
	a.vary(s, "modules_to_save", "whole modules, trained and saved")
	a.setParameters(s, "target_parameters")
	a.vary(s, "use_swift_lora", "ms-swift's own LoRA in place of PEFT's")
	return a
}

// setSwiftTargets reads target_modules, a list in which all-linear and all-embedding stand
// for more than a name. target_regex overrides it.
func (a *Settings) setSwiftTargets(s *source) {
	names := s.names("target_modules")
	if a.Pattern != "" {
		return
	}
	if len(names) == 0 {
		s.absent = append(s.absent, "target_modules")
		names = []string{allLinear}
	}
	for _, name := range names {
		switch {
		case strings.EqualFold(name, allLinear) || name == "ALL":
			a.Targets = slices.Insert(a.Targets, 0, allLinear)
		case name == "all-embedding" || name == "EMBEDDING":
			a.Variants = append(a.Variants, "embeddings, by "+name)
		case isLiteral(name):
			a.Targets = append(a.Targets, name)
		default:
			a.NoNames = append(a.NoNames, name)
		}
	}
}

func writeSwift(s Settings) ([]pair, []string) {
	pairs := []pair{{"tuner_type", "lora"}}
	var remarks []string
	switch {
	case s.Pattern != "":
		pairs = append(pairs, pair{"target_regex", jsonText(s.Pattern)})
	case len(s.Targets) > 0:
		pairs = append(pairs, pair{"target_modules", listText(s.Targets)})
	default:
		_, remarks = s.onlyNames("target_modules")
	}
	if s.Bias != "" && s.Bias != "all" {
		remarks = append(remarks, "biases that are trained, "+s.Bias+": lora_bias takes only none and all")
		s.Bias = ""
	}
	if s.Init == "lora_ga" {
		s.Init = "lora-ga"
	}
	more, lost := swiftWords.write(s)
	return slices.Concat(pairs, more), slices.Concat(remarks, lost)
}
