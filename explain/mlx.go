package explain

import (
	"slices"
	"strings"
)

// mlxTool is mlx-lm 0.32: mlx_lm/lora.py has the keys and their defaults, and
// mlx_lm/tuner/lora.py multiplies BA by scale, at any rank. It stores the keys as
// adapter_config.json.
var mlxTool = tool{
	name:  "mlx-lm",
	marks: []string{"fine_tune_type", "lora_parameters"},
	hints: []string{"lora_layers"},
	beside: strings.Fields(`
		train optimizer_config data seed batch_size iters val_batches steps_per_report steps_per_eval
		adapter_path save_every test test_batches max_seq_length config grad_checkpoint grad_accumulation_steps
		clear_cache_threshold mask_prompt report_to project_name trust_remote_code wandb hf_dataset
		use_chat_template training_mode`),
	read:  readMLX,
	write: writeMLX,
}

var mlxWords = words{
	rank: "lora_parameters.rank", alpha: "lora_parameters.scale", dropout: "lora_parameters.dropout",
	lr: "learning_rate", optimizer: "optimizer", model: "model",
	nullable: []string{"learning_rate"},
	defaults: Settings{Rank: 8, Alpha: 20, LR: 1e-5},
}

func readMLX(s *source) Settings {
	method := s.text("fine_tune_type")
	if !slices.Contains([]string{"", "lora", "dora"}, method) {
		s.fail("fine_tune_type", "fine_tune_type: %s: must be lora or dora: otherwise there is no adapter to explain",
			method)
	}
	if s.bears("lora_parameters") {
		for _, key := range []string{mlxWords.rank, mlxWords.alpha, mlxWords.dropout} {
			if _, ok := s.get(key); !ok {
				s.fail("lora_parameters", "%s is missing: mlx-lm has defaults only where lora_parameters is absent "+
					"as a whole", key)
			}
		}
	}
	a := mlxWords.read(s)
	a.DoRA = method == "dora"
	a.Targets = s.names("lora_parameters.keys")
	if value, _ := s.root.find("lora_parameters.keys"); value == nil {
		a.Targets = []string{allLinear}
	}
	a.NoTargets = len(a.Targets) == 0
	a.LastLayers = s.lastLayers("num_layers", s.lastLayers("lora_layers", 16))
	return a
}

// lastLayers reads how many layers are adapted, counted from the last one. -1 is all, which
// comes back as 0.
func (s *source) lastLayers(key string, otherwise int) int {
	value, ok := s.get(key)
	if !ok {
		return otherwise
	}
	n, ok := s.toWhole(key, value)
	if !ok || n < -1 {
		s.wrong(key, value, "a whole number of layers, or -1 for all")
	}
	return max(n, 0)
}

// mlxParents are the modules that hold LLaMA's maps. Keys have names from the layer on or, of
// maps in no layer, whole names.
var mlxParents = map[string]string{
	"q_proj": "self_attn.", "k_proj": "self_attn.", "v_proj": "self_attn.", "o_proj": "self_attn.",
	"gate_proj": "mlp.", "up_proj": "mlp.", "down_proj": "mlp.",
	"embed_tokens": "model.",
}

func writeMLX(s Settings) ([]pair, []string) {
	method := "lora"
	if s.DoRA {
		method, s.DoRA = "dora", false
	}
	layers := "-1"
	if s.LastLayers > 0 {
		layers = yamlNumber(float64(s.LastLayers))
	}
	s.LastLayers = 0
	pairs, lost := mlxWords.write(s)
	pairs = slices.Concat([]pair{{"fine_tune_type", method}, {"num_layers", layers}}, pairs)
	if s.Dropout == 0 {
		pairs = append(pairs, pair{mlxWords.dropout, "0"}) // it has no default within the section
	}
	if s.onlyAllLinear() {
		return pairs, lost
	}
	names, remarks := s.onlyNames("lora_parameters.keys")
	keys := make([]string, len(names))
	for i, name := range names {
		keys[i] = mlxParents[name] + name
	}
	if len(names) > 0 {
		pairs, remarks = append(pairs, pair{"lora_parameters.keys", listText(keys)}), []string{llamaNames}
	}
	return pairs, slices.Concat(remarks, lost)
}
