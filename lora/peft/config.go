package peft

import (
	"encoding/json"
	"fmt"
	"io/fs"
	"slices"
	"strings"

	"ranksweep/lora"
)

// config is what an adapter_config.json says that changes what an adapter
// computes.
type config struct {
	Type         string            `json:"peft_type"`
	R            int               `json:"r"`
	Alpha        float64           `json:"lora_alpha"`
	RSLoRA       bool              `json:"use_rslora"`
	RankPattern  patterns[int]     `json:"rank_pattern"`
	AlphaPattern patterns[float64] `json:"alpha_pattern"`
	Bias         string            `json:"bias"`
	Init         any               `json:"init_lora_weights"` // true, false or a name
}

// beyond are the settings that ask for more than γBA beside a map, and what
// they ask for.
var beyond = []struct{ key, what string }{
	{"use_dora", "DoRA"},
	{"use_qalora", "QALoRA"},
	{"use_bdlora", "block-diagonal LoRA"},
	{"arrow_config", "routing among adapters"},
	{"alora_invocation_tokens", "waiting for a token"},
	{"layer_replication", "repeating layers"},
	{"fan_in_fan_out", "transposing weights"},
	{"lora_bias", "training biases"},
	{"modules_to_save", "training whole modules"},
}

// residual are the initializations that take the first γBA out of the frozen
// weights: what was trained goes with the weights that are left.
var residual = []string{"pissa", "corda", "olora", "loftq", "lora_ga"}

func readConfig(dir fs.FS) (config, error) {
	text, err := fs.ReadFile(dir, configFile)
	if err != nil {
		return config{}, err
	}
	c := config{R: 8, Alpha: 8, Bias: "none"} // PEFT's defaults
	var all map[string]any
	if err := json.Unmarshal(text, &all); err != nil {
		return c, err
	}
	if err := json.Unmarshal(text, &c); err != nil {
		return c, err
	}
	for _, b := range beyond {
		if asks(all[b.key]) {
			return c, fmt.Errorf("%s: %s is not supported", b.key, b.what)
		}
	}
	return c, c.check()
}

// asks reports whether a setting is anything but absent, null, false or empty.
func asks(setting any) bool {
	switch v := setting.(type) {
	case nil:
		return false
	case bool:
		return v
	case []any:
		return len(v) > 0
	case map[string]any:
		return len(v) > 0
	}
	return true
}

func (c config) check() error {
	init, _ := c.Init.(string)
	switch {
	case c.Type != "LORA":
		return fmt.Errorf("peft_type %q: must be LORA", c.Type)
	case c.R < 1:
		return fmt.Errorf("r %d: must be at least 1", c.R)
	case c.Bias != "none":
		return fmt.Errorf("bias %q: must be none", c.Bias)
	case slices.ContainsFunc(residual, func(name string) bool { return strings.HasPrefix(init, name) }):
		return fmt.Errorf("init_lora_weights %q: the adapter goes with frozen weights other than the model's; save it with path_initial_model_for_weight_conversion", init)
	}
	return nil
}

// scale returns the rank and the scaling factor of a module.
func (c config) scale(module string) (rank int, gamma float64) {
	scheme := lora.Scheme{P: 1}
	if c.RSLoRA {
		scheme.P = 0.5
	}
	rank = c.RankPattern.of(module, c.R)
	return rank, scheme.Gamma(c.AlphaPattern.of(module, c.Alpha), rank)
}
