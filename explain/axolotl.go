package explain

import (
	"fmt"
	"slices"
	"strings"

	"ranksweep/lora/peft"
)

// axolotlTool is Axolotl: src/axolotl/utils/schemas/peft.py has the keys,
// src/axolotl/loaders/adapter.py hands them to PEFT.
var axolotlTool = tool{
	name: "Axolotl",
	marks: []string{"lora_r", "lora_target_linear", "lora_target_modules", "peft_use_rslora", "adapter", "base_model",
		"sequence_len", "micro_batch_size", "peft_init_lora_weights"},
	read:  readAxolotl,
	write: writeAxolotl,
}

// axolotlBeside are the keys of its examples that have nothing to do with the adapter: keys
// of data, training and logging.
var axolotlBeside = strings.Fields(`
	model_type tokenizer_type load_in_8bit load_in_4bit strict datasets test_datasets dataset_prepared_path val_set_size
	output_dir sequence_len sample_packing eval_sample_packing pad_to_sequence_len wandb_project wandb_entity
	wandb_watch wandb_name wandb_log_model gradient_accumulation_steps micro_batch_size num_epochs max_steps optimizer
	lr_scheduler train_on_inputs group_by_length bf16 fp16 tf32 gradient_checkpointing gradient_checkpointing_kwargs
	resume_from_checkpoint logging_steps flash_attention xformers_attention sdp_attention warmup_steps warmup_ratio
	evals_per_epoch saves_per_epoch eval_steps save_steps weight_decay special_tokens tokens chat_template deepspeed
	fsdp fsdp_config seed early_stopping_patience lora_on_cpu lora_fan_in_fan_out lora_model_dir merge_lora plugins
	hub_model_id peft_layers_to_transform peft_layers_pattern loraplus_lr_embedding lora_mlp_kernel lora_qkv_kernel
	lora_o_kernel max_grad_norm save_safetensors debug peft_autocast_adapter_dtype peft_ensure_weight_tying`)

func readAxolotl(s *source) (Settings, []string) {
	if t := s.text("adapter"); t != "lora" && t != "qlora" && *s.err == nil {
		*s.err = fmt.Errorf("adapter %q: must be lora or qlora: otherwise all weights are trained, "+
			"and there is no adapter to explain", t)
	}
	for _, key := range []string{"lora_r", "lora_alpha"} {
		if !s.has(key) && *s.err == nil {
			*s.err = fmt.Errorf("%s is missing, and Axolotl has no default for it: set it", key)
		}
	}
	a := Settings{
		Rank: s.whole("lora_r", 8), Alpha: s.number("lora_alpha", 8), P: peft.Exponent(s.flag("peft_use_rslora")),
		Dropout: s.number("lora_dropout", 0), LR: s.number("learning_rate", 0), Model: s.text("base_model"),
		Targets: s.names("lora_target_modules", ""), DoRA: s.flag("peft_use_dora"),
	}
	if text, ok := s.values["lora_target_modules"].(string); ok {
		a.Targets, a.Pattern = nil, text
	}
	if s.flag("lora_target_linear") {
		a.Targets, a.Pattern = []string{allLinear}, ""
	}
	if init, ok := s.get("peft_init_lora_weights"); ok && init != true {
		a.Init = fmt.Sprint(init)
	}
	if s.asks("peft") {
		a.Variants = append(a.Variants, "settings under peft:, such as those of LoftQ")
	}
	for _, v := range []struct{ key, what string }{
		{"peft_layer_replication", "repeated layers"},
		{"lora_modules_to_save", "whole modules, trained and saved"},
		{"lora_target_parameters", "parameters that are not a linear map"},
		{"peft_trainable_token_indices", "tokens, trained and saved"},
		{"loraplus_lr_ratio", "LoRA+, B learns faster than A"},
		{"relora", "ReLoRA"},
	} {
		if s.asks(v.key) {
			a.Variants = append(a.Variants, v.what)
		}
	}
	return a, s.rest(axolotlBeside...)
}

func writeAxolotl(s Settings) (lines, remarks []string) {
	lines = []string{
		"adapter: lora", fmt.Sprintf("lora_r: %d", s.Rank), "lora_alpha: " + number(s.Alpha),
		fmt.Sprintf("peft_use_rslora: %t", s.isRSLoRA()),
	}
	switch {
	case slices.Equal(s.Targets, []string{allLinear}):
		lines = append(lines, "lora_target_linear: true")
	case s.Pattern != "":
		lines = append(lines, fmt.Sprintf("lora_target_modules: %q", s.Pattern))
	case len(s.Targets) > 0:
		lines = append(lines, "lora_target_modules: "+list(s.Targets))
	}
	if s.Dropout > 0 {
		lines = append(lines, "lora_dropout: "+number(s.Dropout))
	}
	if s.Init != "" {
		lines = append(lines, "peft_init_lora_weights: "+s.Init)
	}
	if s.DoRA {
		lines = append(lines, "peft_use_dora: true")
	}
	return lines, limits(s, "lora_alpha")
}
