package peft

import (
	"encoding/json"
	"fmt"
	"io/fs"
	"math"
	"slices"
	"strings"

	"ranksweep/lora"
	"ranksweep/paper/number"
	"ranksweep/userfile"
)

// config holds the settings of an adapter_config.json that change what an adapter
// computes, and those that are kept to be written again.
type config struct {
	Type      string `json:"peft_type"`
	BaseModel string `json:"base_model_name_or_path"`
	Selection
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

// residual are the initializations that subtract the first γBA from the frozen weights.
// The stored adapter then belongs to the changed weights, which PEFT does not store.
var residual = []string{"pissa", "corda", "olora", "loftq", "lora_ga"}

// IsResidual reports whether an initialization changes the frozen weights.
func IsResidual(init string) bool {
	init = strings.ToLower(init)
	return slices.ContainsFunc(residual, func(name string) bool { return strings.HasPrefix(init, name) })
}

func readConfig(dir fs.FS) (config, error) {
	text, err := userfile.ReadFS(dir, configFile, userfile.Settings)
	if err != nil {
		return config{}, err
	}
	if err := userfile.Mistaken(text); err != nil {
		return config{}, err
	}
	text = userfile.JSON(text)
	c := config{R: 8, Alpha: 8, Bias: "none"} // PEFT's defaults
	var all map[string]any
	if err := json.Unmarshal(text, &all); err != nil {
		return c, err
	}
	if err := json.Unmarshal(text, &c); err != nil {
		return c, err
	}
	for _, key := range []string{"r", "lora_alpha"} {
		if value, ok := all[key]; ok && value == nil {
			return c, fmt.Errorf("%s: null: is no value, and PEFT stops at it: write the one that it was trained with",
				key)
		}
	}
	for _, b := range Beyond {
		if Asks(all[b.Key]) {
			return c, fmt.Errorf("%s: not supported (%s)", b.Key, b.What)
		}
	}
	if names := unknown(all); len(names) > 0 {
		return c, fmt.Errorf("%q: not known here, and may change what the adapter computes: take out what does not",
			names)
	}
	return c, c.check()
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
	case IsResidual(init):
		return fmt.Errorf("init_lora_weights %q: the adapter goes with frozen weights other than the model's; "+
			"save it with path_initial_model_for_weight_conversion", init)
	}
	return c.Selection.check()
}

// Exponent returns the p of γ_r = α/r^p with and without use_rslora.
func Exponent(rslora bool) float64 {
	if rslora {
		return 0.5
	}
	return 1
}

// scale returns the rank and the multiplier of a module.
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
	gamma = lora.Scheme{P: Exponent(c.RSLoRA)}.Gamma(alpha, rank)
	if math.Abs(gamma) > math.MaxFloat32 || math.IsNaN(gamma) {
		return 0, 0, fmt.Errorf("module %q: lora_alpha %s at rank %d: the scale is no float32", module,
			number.Full(alpha), rank)
	}
	return rank, gamma, nil
}
