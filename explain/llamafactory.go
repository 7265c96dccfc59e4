package explain

import (
	"fmt"
	"slices"
	"strings"

	"ranksweep/lora/peft"
)

// llamaFactoryTool is LLaMA-Factory: src/llamafactory/hparams/finetuning_args.py
// has the keys and their defaults, and lora_alpha = 2·lora_rank if it is absent;
// src/llamafactory/model/adapter.py hands them to PEFT.
var llamaFactoryTool = tool{
	name: "LLaMA-Factory",
	marks: []string{"finetuning_type", "lora_rank", "lora_target", "model_name_or_path", "cutoff_len", "template",
		"stage", "pissa_init"},
	read:  readLLaMAFactory,
	write: writeLLaMAFactory,
}

// llamaFactoryBeside are the keys of its examples that have nothing to do with the adapter:
// keys of data, training and logging.
var llamaFactoryBeside = strings.Fields(`
	stage do_train do_eval do_predict template dataset dataset_dir eval_dataset val_size cutoff_len max_samples
	overwrite_cache preprocessing_num_workers dataloader_num_workers output_dir logging_steps save_steps plot_loss
	overwrite_output_dir save_only_model report_to per_device_train_batch_size per_device_eval_batch_size
	gradient_accumulation_steps num_train_epochs max_steps lr_scheduler_type warmup_ratio warmup_steps bf16 fp16 tf32
	ddp_timeout resume_from_checkpoint eval_strategy eval_steps trust_remote_code quantization_bit quantization_method
	flash_attn enable_liger_kernel deepspeed optim seed packing neat_packing max_grad_norm weight_decay
	adapter_name_or_path create_new_adapter image_max_pixels video_max_pixels pissa_iter pissa_convert
	loraplus_lr_embedding train_on_prompt mask_history use_unsloth run_name push_to_hub`)

func readLLaMAFactory(s *source) (Settings, []string) {
	if t := s.text("finetuning_type"); t != "" && t != "lora" && *s.err == nil {
		*s.err = fmt.Errorf("finetuning_type %s: must be lora: otherwise there is no adapter to explain", t)
	}
	a := Settings{
		Rank: s.whole("lora_rank", 8), P: peft.Exponent(s.flag("use_rslora")), Dropout: s.number("lora_dropout", 0),
		LR:      s.number("learning_rate", 5e-5), // of transformers' TrainingArguments
		Targets: s.names("lora_target", ","), Model: s.text("model_name_or_path"), DoRA: s.flag("use_dora"),
	}
	// LLaMA-Factory takes 0 as absent.
	if a.Alpha = s.number("lora_alpha", 0); a.Alpha == 0 {
		a.PerRank = 2
		a.Alpha = 2 * float64(a.Rank)
	}
	if len(a.Targets) == 0 || slices.Equal(a.Targets, []string{"all"}) {
		a.Targets = []string{allLinear}
	}
	if s.flag("pissa_init") {
		a.Init = "pissa"
	}
	for _, v := range []struct{ key, what string }{
		{"additional_target", "whole modules, trained and saved"},
		{"loraplus_lr_ratio", "LoRA+, B learns faster than A"},
		{"use_llama_pro", "LLaMA Pro, which trains added layers alone"},
	} {
		if s.asks(v.key) {
			a.Variants = append(a.Variants, v.what)
		}
	}
	return a, s.rest(llamaFactoryBeside...)
}

func writeLLaMAFactory(s Settings) (lines, remarks []string) {
	lines = []string{
		"finetuning_type: lora", fmt.Sprintf("lora_rank: %d", s.Rank), "lora_alpha: " + number(s.Alpha),
		fmt.Sprintf("use_rslora: %t", s.isRSLoRA()),
	}
	switch {
	case slices.Equal(s.Targets, []string{allLinear}):
		lines = append(lines, "lora_target: all")
	case len(s.Targets) > 0:
		lines = append(lines, "lora_target: "+strings.Join(s.Targets, ","))
	default:
		remarks = append(remarks, "lora_target takes only names, not patterns: list the adapted maps")
	}
	if s.Dropout > 0 {
		lines = append(lines, "lora_dropout: "+number(s.Dropout))
	}
	if s.Init == "pissa" {
		lines = append(lines, "pissa_init: true")
	}
	if s.DoRA {
		lines = append(lines, "use_dora: true")
	}
	return lines, append(remarks, limits(s, "lora_alpha")...)
}

// limits lists the settings that are lost in a tool with one rank and a whole α for all maps.
func limits(s Settings, alpha string) (remarks []string) {
	if s.Alpha != float64(int(s.Alpha)) {
		remarks = append(remarks, fmt.Sprintf("%s takes only whole numbers, and %s is not one", alpha, number(s.Alpha)))
	}
	if len(s.Ranks)+len(s.Alphas) > 0 {
		remarks = append(remarks, "there is one rank and one α for all maps: rank_pattern and alpha_pattern are lost")
	}
	return remarks
}
