package explain

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"ranksweep/lora/peft"
)

// peftTool is Hugging Face PEFT 0.21: src/peft/tuners/lora/config.py has the
// keys and their defaults, layer.py (update_layer) has the scale.
var peftTool = tool{
	name: "PEFT",
	marks: []string{"peft_type", "base_model_name_or_path", "inference_mode", "peft_version", "auto_mapping",
		"megatron_core"},
	read: readPEFT,
	write: func(s Settings) (lines, remarks []string) {
		lines, remarks = keywords(s)
		return append([]string{"peft_type: LORA"}, lines...), remarks
	},
}

// peftVariants are the settings by which an adapter is more than LoRA or DoRA of a map, or by
// which maps are left out.
var peftVariants = slices.Concat(peft.Beyond, []peft.Setting{
	{Key: "layers_to_transform", What: "only some layers"},
	{Key: "exclude_modules", What: "maps left out by exclude_modules"},
})

// peftBeside are keys that have nothing to do with the adapter.
var peftBeside = []string{
	"peft_type", "task_type", "auto_mapping", "peft_version", "revision", "inference_mode", "fan_in_fan_out",
	"megatron_core", "loftq_config", "eva_config", "corda_config", "lora_ga_config", "qalora_group_size",
	"layers_pattern", "ensure_weight_tying", "runtime_config",
}

func readPEFT(s *source) (Settings, []string) {
	if t := s.text("peft_type"); t != "" && t != "LORA" && *s.err == nil {
		*s.err = fmt.Errorf("peft_type %q: must be LORA: other methods scale differently", t)
	}
	a := readKeywords(s, 8, 8)
	a.Model = s.text("base_model_name_or_path")
	return a, s.rest(peftBeside...)
}

// readKeywords reads the arguments of LoraConfig and get_peft_model.
func readKeywords(s *source, rank int, alpha float64) Settings {
	a := Settings{
		Rank: s.whole("r", rank), Alpha: s.number("lora_alpha", alpha), P: peft.Exponent(s.flag("use_rslora")),
		Dropout: s.number("lora_dropout", 0), Alphas: s.numbers("alpha_pattern"), DoRA: s.flag("use_dora"),
	}
	if value, _ := s.get("target_modules"); value != nil {
		a.Targets = s.names("target_modules", "")
		if text, ok := value.(string); ok && strings.EqualFold(text, allLinear) {
			a.Targets = []string{allLinear}
		} else if ok {
			a.Targets, a.Pattern = nil, text
		}
	}
	for name, r := range s.numbers("rank_pattern") {
		if r != float64(int(r)) || r < 1 {
			s.wrong("rank_pattern", "a mapping of names to whole numbers of at least 1")
			continue
		}
		if a.Ranks == nil {
			a.Ranks = make(map[string]int)
		}
		a.Ranks[name] = int(r)
	}
	if init, _ := s.get("init_lora_weights"); init != nil && init != true {
		a.Init = fmt.Sprint(init)
	}
	if bias := s.text("bias"); bias != "" && bias != "none" {
		a.Variants = append(a.Variants, "biases: "+bias)
	}
	for _, v := range peftVariants {
		if s.asks(v.Key) {
			a.Variants = append(a.Variants, v.What)
		}
	}
	return a
}

// keywords writes settings as arguments of LoraConfig and get_peft_model.
func keywords(s Settings) (lines, remarks []string) {
	lines = []string{fmt.Sprintf("r: %d", s.Rank), "lora_alpha: " + number(s.Alpha),
		fmt.Sprintf("use_rslora: %t", s.isRSLoRA())}
	switch {
	case s.Pattern != "":
		lines = append(lines, fmt.Sprintf("target_modules: %q", s.Pattern))
	case slices.Equal(s.Targets, []string{allLinear}):
		lines = append(lines, "target_modules: all-linear")
	case len(s.Targets) > 0:
		lines = append(lines, "target_modules: "+list(s.Targets))
	}
	if s.Dropout > 0 {
		lines = append(lines, "lora_dropout: "+number(s.Dropout))
	}
	if s.Init != "" {
		lines = append(lines, "init_lora_weights: "+s.Init)
	}
	if s.DoRA {
		lines = append(lines, "use_dora: true")
	}
	if len(s.Ranks) > 0 {
		lines = append(lines, "rank_pattern: "+mapping(s.Ranks, strconv.Itoa))
	}
	if len(s.Alphas) > 0 {
		lines = append(lines, "alpha_pattern: "+mapping(s.Alphas, number))
	}
	return lines, nil
}

// mapping writes values by name in one line that is both YAML and JSON.
func mapping[V any](values map[string]V, text func(V) string) string {
	var parts []string
	for _, name := range slices.Sorted(maps.Keys(values)) {
		parts = append(parts, fmt.Sprintf("%q: %s", name, text(values[name])))
	}
	return "{" + strings.Join(parts, ", ") + "}"
}

// list writes names in one line that is both YAML and JSON.
func list(names []string) string {
	quoted := make([]string, len(names))
	for i, n := range names {
		quoted[i] = fmt.Sprintf("%q", n)
	}
	return "[" + strings.Join(quoted, ", ") + "]"
}
