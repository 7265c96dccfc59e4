package experiments

import (
	"fmt"

	"ranksweep/misspelt"
)

// peerNames are what PEFT, transformers, LLaMA-Factory, Axolotl and torchtune call fields.
var peerNames = map[string]string{
	"r": "rank", "lora_r": "rank", "lora_rank": "rank", "lora_alpha": "alpha", "lora_dropout": "dropout",
	"use_rslora": "scaling", "init_lora_weights": "init", "target_modules": "targets", "lora_target": "targets",
	"lora_target_modules": "targets", "learning_rate": "lr", "optim": "optimizer", "lr_scheduler_type": "schedule",
	"lr_scheduler": "schedule", "warmup_steps": "warmup", "max_grad_norm": "clip", "adam_beta1": "beta1",
	"adam_beta2": "beta2", "adam_epsilon": "eps", "batch_size": "batch", "micro_batch_size": "batch",
	"per_device_train_batch_size": "batch", "gradient_accumulation_steps": "accumulate", "max_steps": "steps",
	"max_length": "context", "max_seq_length": "context", "cutoff_len": "context", "sequence_len": "context",
	"model_name_or_path": "model", "base_model": "model", "dataset": "data", "finetuning_type": "method",
}

// unknownField is the error about a name that no field has.
func unknownField(name string) error { return unknownName("field", name, fieldNames()) }

// unknownName is the error about a name that is none of the known ones. If another tool calls
// a field so, it says what the field is called here.
func unknownName(what, name string, known []string) error {
	if field, ok := peerNames[name]; ok {
		return fmt.Errorf("unknown %s %q: it is called %s here", what, name, field)
	}
	return misspelt.Unknown(what, name, known)
}
