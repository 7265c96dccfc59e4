package explain

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"ranksweep/lora"
)

// peftMethod is a method of PEFT's other than LoRA: src/peft/tuners has a folder for each, whose
// config.py has the keys and their defaults.
type peftMethod struct {
	name    string // as ranksweep has it
	words   words
	beside  []string // keys that do not bear on what is adapted or on the multiplier
	drops   []pair   // keys of dropouts other than that of inputs, and what they drop
	ignored []pair   // keys that the method's config has and its layers do not use, with their defaults
}

// ofLayers are the keys that all these methods share.
var ofLayers = words{
	rank: "r", exclude: "exclude_modules", layers: "layers_to_transform", layersPattern: "layers_pattern",
	ranks: "rank_pattern", lr: "learning_rate", optimizer: "optim", model: "base_model_name_or_path",
	nullable: []string{"learning_rate", "rank_pattern", "alpha_pattern"},
	lrPlace:  peftWords.lrPlace,
}

// unmultiplied are the words of a method without α, where γ is 1 at every rank.
func (w words) unmultiplied(rank int) words {
	w.defaults = Settings{Rank: rank, Alpha: 1}
	return w
}

// multiplied are the words of a method with γ = α/r.
func (w words) multiplied(rank int, alpha string) words {
	w.defaults, w.p, w.alpha, w.alphas = Settings{Rank: rank, Alpha: 8}, 1, alpha, "alpha_pattern"
	return w
}

// dropping are words with a key for dropout.
func (w words) dropping(key string) words {
	w.dropout = key
	return w
}

// dropsParts are what LyCORIS' methods can drop beside inputs.
var dropsParts = []pair{{"rank_dropout", "dropout of ranks"}, {"module_dropout", "dropout of maps"}}

// peftMethods are the methods by their peft_type.
var peftMethods = map[string]peftMethod{
	"LOHA": {
		name: lora.LoHaMethod, words: ofLayers.multiplied(8, "alpha"), drops: dropsParts,
		beside: []string{"init_weights", "use_effective_conv2d"},
	},
	"LOKR": {
		name: lora.LoKrMethod, words: ofLayers.multiplied(8, "alpha"), drops: dropsParts,
		beside: []string{"init_weights", "use_effective_conv2d", "decompose_both", "decompose_factor",
			"rank_dropout_scale"},
	},
	"VERA": {
		name: lora.VeRAMethod, words: ofVeRA(),
		beside: []string{"init_weights", "projection_prng_key", "save_projection", "d_initial"},
	},
	"HIRA": {
		name: lora.HiRAMethod, words: ofLayers.unmultiplied(32).dropping("hira_dropout"),
		beside: []string{"init_weights"},
	},
	"ADALORA": {
		name: lora.AdaLoRAMethod, words: ofAdaLoRA(),
		beside: strings.Fields(`target_r tinit tfinal deltaT beta1 beta2 orth_reg_weight total_step
			init_lora_weights`),
		ignored: []pair{{"r", "8"}, {"use_rslora", "false"}},
	},
}

func ofVeRA() words {
	w := ofLayers.unmultiplied(256).dropping("vera_dropout")
	w.bias, w.ranks, w.exclude = "bias", "", ""
	return w
}

func ofAdaLoRA() words {
	w := ofLayers.multiplied(12, "lora_alpha").dropping("lora_dropout")
	w.bias, w.dora = "bias", "use_dora"
	w.rank, w.ranks = "init_r", "" // its rank_pattern has what a budget has left, and no ranks
	return w
}

// readPEFTMethod reads the config of another method than LoRA.
func readPEFTMethod(s *source, kind string) Settings {
	m, ok := peftMethods[kind]
	if !ok {
		s.fail("peft_type", "peft_type: %q: must be LORA or one of %s, which are known here", kind,
			strings.Join(slices.Sorted(maps.Keys(peftMethods)), ", "))
		return Settings{}
	}
	refuseLayers(s, "target_modules", m.words)
	a := m.words.read(s)
	a.Method = m.name
	a.setTargets(s.maps("target_modules"))
	for _, p := range m.drops {
		if s.number(p.key, 0, ofDropout) > 0 {
			a.Variants = append(a.Variants, p.value)
		}
	}
	a.readBeyond(s)
	if a.DoRA {
		s.fail(m.words.dora, "%s: PEFT refuses it with peft_type %s: leave it out", m.words.dora, kind)
	}
	for _, key := range m.beside {
		s.known[key] = true
	}
	for _, p := range m.ignored {
		if value, ok := s.get(p.key); ok && show(value) != p.value {
			a.Ignored = append(a.Ignored, p.key)
		}
	}
	return a
}

// ignoredKeys: AdaLoRA has LoRA's config and reads a part of it (src/peft/tuners/adalora/layer.py,
// update_layer: the scale is lora_alpha / init_r).
func ignoredKeys(s Settings) string {
	if len(s.Ignored) == 0 {
		return ""
	}
	return fmt.Sprintf("%s: PEFT's %s does not look at what is set there", strings.Join(s.Ignored, ", "), s.Method)
}
