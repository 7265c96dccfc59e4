package explain

import (
	"slices"
	"strconv"
	"strings"
)

// torchtuneTool is torchtune 0.6: the builders of torchtune/models take the keys
// under model, with lora_rank 8 and lora_alpha 16 as defaults, and
// torchtune/modules/peft/lora.py divides α by r. It has no rsLoRA.
var torchtuneTool = tool{
	name:   "torchtune",
	marks:  []string{"model._component_", "model.lora_attn_modules", "model.apply_lora_to_mlp"},
	beside: besideTorchtune,
	read:   readTorchtune,
	write:  writeTorchtune,
}

var torchtuneWords = words{
	rank: "model.lora_rank", alpha: "model.lora_alpha", dora: "model.use_dora", dropout: "model.lora_dropout",
	lr: "optimizer.lr", optimizer: "optimizer._component_", p: 1, defaults: Settings{Rank: 8, Alpha: 16},
}

// besideTorchtune are the sections and keys of recipes that have nothing to do with the
// adapter.
var besideTorchtune = strings.Fields(`
	output_dir tokenizer checkpointer resume_from_checkpoint save_adapter_weights_only dataset dataset_val seed shuffle
	batch_size batch_size_val lr_scheduler loss epochs max_steps_per_epoch gradient_accumulation_steps clip_grad_norm
	compile metric_logger log_every_n_steps log_peak_memory_stats log_level device dtype enable_activation_checkpointing
	enable_activation_offloading profiler run_val_every_n_steps optimizer_in_bwd fsdp_cpu_offload
	custom_sharded_layers collate_fn teacher_model teacher_checkpointer kd_loss kd_ratio ac_mode ac_option fsdp
	memory_efficient_fsdp_wrap max_seq_length num_steps dataloader datasets quantizer fsdp_reshard_after_forward
	model.quantize_base model.tie_word_embeddings model.image_size model.max_seq_len
	optimizer.fused optimizer.weight_decay optimizer.betas optimizer.eps`)

func readTorchtune(s *source) Settings {
	component := s.text("model._component_")
	if !strings.Contains(component, "lora") && !s.bears("model.lora_rank") {
		s.fail("model._component_", "model._component_: %q: must be a builder with LoRA: otherwise "+
			"there is no adapter "+
			"to explain", component)
	}
	a := torchtuneWords.read(s)
	a.Model = component
	for _, name := range s.names("model.lora_attn_modules") {
		if name == "output_proj" {
			name = "o_proj" // its name in other tools
		}
		a.Targets = append(a.Targets, name)
	}
	if s.flag("model.apply_lora_to_mlp") {
		a.Targets = append(a.Targets, linear[4:]...)
	}
	if s.flag("model.apply_lora_to_output") {
		a.Targets = append(a.Targets, "lm_head")
	}
	return a
}

func writeTorchtune(s Settings) ([]pair, []string) {
	names, remarks := s.onlyNames("lora_attn_modules")
	var attention []string
	mlp, output := 0, false
	for _, name := range names {
		switch {
		case slices.Contains(linear[4:], name):
			mlp++
		case name == "lm_head":
			output = true
		case name == "o_proj":
			attention = append(attention, "output_proj")
		case slices.Contains(linear, name):
			attention = append(attention, name)
		default:
			remarks = append(remarks, name+": torchtune does not adapt it")
		}
	}
	if mlp == 1 || mlp == 2 {
		remarks = append(remarks, "torchtune adapts all of gate_proj, up_proj and down_proj, or none of them")
	}
	pairs := []pair{{"model.apply_lora_to_mlp", strconv.FormatBool(mlp > 0)}}
	if len(names) > 0 {
		pairs = append(pairs, pair{"model.lora_attn_modules", "[" + strings.Trim(listText(attention), "[]") + "]"})
	}
	if output {
		pairs = append(pairs, pair{"model.apply_lora_to_output", "true"})
	}
	more, lost := torchtuneWords.write(s)
	return slices.Concat(pairs, more), slices.Concat(remarks, lost)
}
