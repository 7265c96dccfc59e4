package explain

import (
	"slices"
	"strings"
)

// llamaFactoryV1Tool is the form of LLaMA-Factory's v1: src/llamafactory/v1/config has the
// keys, and v1/plugins/model_plugins/peft.py, with the defaults, hands peft_config to PEFT.
var llamaFactoryV1Tool = tool{
	name:  "LLaMA-Factory v1",
	marks: []string{"peft_config.name", "model_class", "model+train_dataset"},
	beside: slices.Concat(strings.Fields(`
		peft_config.export_dir peft_config.export_size peft_config.export_hub_model_id peft_config.infer_dtype
		peft_config.export_legacy_format train_dataset eval_dataset template trust_remote_code flash_attn model_class
		kernel_config quant_config sample_backend max_new_tokens micro_batch_size global_batch_size cutoff_len
		batching_strategy batching_workers enable_activation_checkpointing dist_config lr_scheduler_config
		save_epochs save_ckpt_as_hf`), besideTrainer),
	read: readLLaMAFactoryV1,
}

var llamaFactoryV1Words = words{
	rank: "peft_config.r", alpha: "peft_config.lora_alpha", rslora: "peft_config.use_rslora",
	dora: "peft_config.use_dora", dropout: "peft_config.lora_dropout", lr: "learning_rate", model: "model", p: 1,
	defaults: Settings{Rank: 8, Alpha: 16, Dropout: 0.05, LR: 1e-4},
}

func readLLaMAFactoryV1(s *source) Settings {
	switch name := s.text("peft_config.name"); name {
	case "lora":
	case "":
		s.fail("peft_config", "peft_config.name is absent: all weights are trained, and there is no adapter to explain")
	default:
		s.fail("peft_config.name", "peft_config.name: %s: must be lora: otherwise there is no adapter to explain", name)
	}
	a := llamaFactoryV1Words.read(s)
	a.Targets, a.NoNames = sortNames(s.names("peft_config.target_modules"))
	if value, _ := s.get("peft_config.target_modules"); value == "all" || value == nil {
		a.Targets = []string{allLinear}
	}
	a.Stored = strings.Join(s.names("peft_config.adapter_name_or_path"), ", ")
	a.vary(s, "peft_config.modules_to_save", "whole modules, trained and saved")
	return a
}
