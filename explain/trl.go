package explain

import "slices"

// trlTool is TRL 1.16: trl/trainer/model_config.py has the keys and their defaults, and
// get_peft_config of trl/trainer/utils.py hands them to PEFT. Recipes for it, such as those of
// the alignment handbook, have the same keys.
var trlTool = tool{
	name: "TRL",
	marks: []string{"use_peft", "model_name_or_path+dataset_name", "lora_task_type",
		"model_name_or_path+datasets", "model_name_or_path+dataset_mixer", "model_name_or_path+dataset_mixture"},
	hints:    []string{"model_name_or_path+lora_r", "lora_r"},
	converts: true,
	beside:   slices.Concat(besideTRL, besideTrainer),
	read:     readTRL,
	write:    writeTRL,
}

var trlWords = words{
	rank: "lora_r", alpha: "lora_alpha", rslora: "use_rslora", dora: "use_dora", dropout: "lora_dropout",
	lr: "learning_rate", optimizer: "optim", model: "model_name_or_path", p: 1, wholeAlpha: true,
	defaults: Settings{Rank: 16, Alpha: 32, Dropout: 0.05},
}

func readTRL(s *source) Settings {
	if !s.flag("use_peft") {
		s.fail("use_peft", "use_peft is absent or false, so that TRL trains all weights: there is no "+
			"adapter to explain; "+
			"if you give --use_peft on the command line, write use_peft: true")
	}
	a := trlWords.read(s)
	names, pattern := s.maps("lora_target_modules")
	if len(names) == 1 {
		names, pattern = nil, names[0] // a list of one counts as a text
	}
	a.setTargets(names, pattern)
	a.vary(s, "lora_modules_to_save", "whole modules, trained and saved")
	a.setParameters(s, "lora_target_parameters")
	return a
}

func writeTRL(s Settings) ([]pair, []string) {
	one := len(s.Targets) == 1 && !s.onlyAllLinear()
	if one {
		s.Pattern = `.*\.` + s.Targets[0]
	}
	targets, remarks := textOrList("lora_target_modules", s)
	if one {
		remarks = append(remarks, "a list of one name would be a pattern, which must match whole names")
	}
	pairs, lost := trlWords.write(s)
	return slices.Concat([]pair{{"use_peft", "true"}}, targets, pairs), slices.Concat(remarks, lost)
}
