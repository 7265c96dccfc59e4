package explain

import (
	"fmt"
	"slices"
	"strings"
)

// torchtuneTool is torchtune: the builders of torchtune/models take the keys
// under model, with lora_rank 8 and lora_alpha 16 as defaults, and
// torchtune/modules/peft/lora.py divides α by r. It has no rsLoRA.
var torchtuneTool = tool{
	name:  "torchtune",
	marks: []string{"model._component_", "model.lora_attn_modules", "model.lora_rank", "model.apply_lora_to_mlp"},
	read:  readTorchtune,
	write: writeTorchtune,
}

// torchtuneBeside are the sections and keys of recipes that have nothing to do with the
// adapter.
var torchtuneBeside = strings.Fields(`
	output_dir tokenizer checkpointer resume_from_checkpoint save_adapter_weights_only dataset dataset_val seed shuffle
	batch_size batch_size_val lr_scheduler loss epochs max_steps_per_epoch gradient_accumulation_steps clip_grad_norm
	compile metric_logger log_every_n_steps log_peak_memory_stats log_level device dtype enable_activation_checkpointing
	enable_activation_offloading profiler run_val_every_n_steps optimizer_in_bwd fsdp_cpu_offload
	custom_sharded_layers`)

// torchtuneNames maps torchtune's names of maps to the names in other tools, if they differ.
var torchtuneNames = map[string]string{"output_proj": "o_proj"}

func readTorchtune(s *source) (Settings, []string) {
	m, o := s.section("model"), s.section("optimizer")
	component := m.text("_component_")
	if !strings.Contains(component, "lora") && !m.has("lora_rank") && *s.err == nil {
		*s.err = fmt.Errorf("model._component_ %q: must be a builder with LoRA: otherwise there is no adapter to "+
			"explain", component)
	}
	a := Settings{
		Rank: m.whole("lora_rank", 8), Alpha: m.number("lora_alpha", 16), P: 1, Dropout: m.number("lora_dropout", 0),
		LR: o.number("lr", 0), Model: component, DoRA: m.flag("use_dora"),
	}
	for _, name := range m.names("lora_attn_modules", "") {
		if other, ok := torchtuneNames[name]; ok {
			name = other
		}
		a.Targets = append(a.Targets, name)
	}
	if m.flag("apply_lora_to_mlp") {
		a.Targets = append(a.Targets, "gate_proj", "up_proj", "down_proj")
	}
	if m.flag("apply_lora_to_output") {
		a.Targets = append(a.Targets, "lm_head")
	}
	return a, slices.Concat(s.rest(torchtuneBeside...), m.rest("quantize_base"),
		o.rest("_component_", "fused", "weight_decay", "betas", "eps"))
}

func writeTorchtune(s Settings) (lines, remarks []string) {
	alpha := s.Alpha
	if s.P != 1 {
		alpha = s.foldedAlpha()
		remarks = append(remarks,
			fmt.Sprintf("torchtune has no rsLoRA: lora_alpha %s is γ·r, which gives the same γ at "+
				"this rank only", number(alpha)))
	}
	targets := s.Targets
	if slices.Equal(targets, []string{allLinear}) {
		targets = unslothTargets
	}
	var attention []string
	mlp, output := 0, false
	for _, name := range targets {
		switch name {
		case "gate_proj", "up_proj", "down_proj":
			mlp++
		case "lm_head":
			output = true
		case "o_proj":
			attention = append(attention, "output_proj")
		default:
			attention = append(attention, name)
		}
	}
	if s.Pattern != "" || len(targets) == 0 {
		remarks = append(remarks, "lora_attn_modules takes only names, not patterns: list the adapted maps")
	}
	if mlp == 1 || mlp == 2 {
		remarks = append(remarks, "torchtune adapts all of gate_proj, up_proj and down_proj, or none of them")
	}
	if len(s.Ranks)+len(s.Alphas) > 0 {
		remarks = append(remarks, "there is one rank and one α for all maps: rank_pattern and alpha_pattern are lost")
	}
	lines = []string{"model.lora_attn_modules: " + list(attention), fmt.Sprintf("model.apply_lora_to_mlp: %t", mlp > 0)}
	if output {
		lines = append(lines, "model.apply_lora_to_output: true")
	}
	lines = append(lines, fmt.Sprintf("model.lora_rank: %d", s.Rank), "model.lora_alpha: "+number(alpha))
	if s.Dropout > 0 {
		lines = append(lines, "model.lora_dropout: "+number(s.Dropout))
	}
	if s.DoRA {
		lines = append(lines, "model.use_dora: true")
	}
	return lines, remarks
}
