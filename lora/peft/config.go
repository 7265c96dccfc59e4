package peft

import (
	"encoding/json"
	"fmt"
	"io/fs"
	"math"
	"slices"
	"strings"

	"ranksweep/lora"
)

// config holds the settings of an adapter_config.json that change what an adapter
// computes, and those that are kept to be written again.
type config struct {
	Type      string `json:"peft_type"`
	BaseModel string `json:"base_model_name_or_path"`
	selection
	R            int               `json:"r"`
	Alpha        float64           `json:"lora_alpha"`
	RSLoRA       bool              `json:"use_rslora"`
	DoRA         bool              `json:"use_dora"`
	RankPattern  patterns[int]     `json:"rank_pattern"`
	AlphaPattern patterns[float64] `json:"alpha_pattern"`
	Bias         string            `json:"bias"`
	Init         any               `json:"init_lora_weights"` // true, false or a name
	Dropout      float64           `json:"lora_dropout"`

	// FanInFanOut says that PEFT stores the map's weights as (in, out). A and B do not
	// depend on it.
	FanInFanOut bool `json:"fan_in_fan_out"`
}

// beyond lists the settings that ask for something other than LoRA or DoRA on a map, and
// the name of what they ask for.
var beyond = []struct{ key, what string }{
	{"use_qalora", "QALoRA"},
	{"use_bdlora", "block-diagonal LoRA"},
	{"velora_config", "VeLoRA"},
	{"kasa_config", "KaSA"},
	{"monteclora_config", "MonteCLoRA"},
	{"arrow_config", "routing among adapters"},
	{"alora_invocation_tokens", "waiting for a token"},
	{"layer_replication", "repeating layers"},
	{"lora_bias", "training biases"},
	{"modules_to_save", "training whole modules"},
	{"target_parameters", "adapting parameters that are no linear map"},
	{"trainable_token_indices", "training tokens"},
	{"megatron_config", "Megatron"},
}

// residual are the initializations that subtract the first γBA from the frozen weights.
// The stored adapter then belongs to the changed weights, which PEFT does not store.
var residual = []string{"pissa", "corda", "olora", "loftq", "lora_ga"}

func isResidual(init string) bool {
	return slices.ContainsFunc(residual, func(name string) bool {
		return strings.HasPrefix(strings.ToLower(init),
			name)
	})
}

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
	case isResidual(init):
		return fmt.Errorf("init_lora_weights %q: the adapter goes with frozen weights other than the model's; "+
			"save it with path_initial_model_for_weight_conversion", init)
	}
	return c.selection.check()
}

// exponent returns p of γ_r = α/r^p.
func exponent(rslora bool) float64 {
	if rslora {
		return 0.5
	}
	return 1
}

// scale returns the rank and the scaling factor of a module.
func (c config) scale(module string) (rank int, gamma float64, err error) {
	if rank, err = c.RankPattern.of(module, c.R); err != nil {
		return 0, 0, err
	}
	if rank < 1 {
		return 0, 0, fmt.Errorf("module %q: rank_pattern gives it rank %d: must be at least 1", module, rank)
	}
	alpha, err := c.AlphaPattern.of(module, c.Alpha)
	if err != nil {
		return 0, 0, err
	}
	gamma = lora.Scheme{P: exponent(c.RSLoRA)}.Gamma(alpha, rank)
	if math.Abs(gamma) > math.MaxFloat32 || math.IsNaN(gamma) {
		return 0, 0, fmt.Errorf("module %q: lora_alpha %g at rank %d: the scale is no float32", module, alpha, rank)
	}
	return rank, gamma, nil
}
