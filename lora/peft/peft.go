// Package peft reads adapters in the folder format of Hugging Face PEFT:
// adapter_config.json beside adapter_model.safetensors.
package peft

import (
	"encoding/json"
	"fmt"
	"io/fs"
	"maps"
	"math"
	"os"
	"slices"
	"strings"

	"gonum.org/v1/gonum/blas/blas32"

	"ranksweep/lora"
	"ranksweep/nn"
	"ranksweep/nn/checkpoint"
)

const (
	configFile  = "adapter_config.json"
	weightsFile = "adapter_model.safetensors"

	// prefix is how PEFT's wrapper calls what it wraps.
	prefix = "base_model.model."
)

// config is what an adapter_config.json says that changes what an adapter
// computes.
type config struct {
	Type         string             `json:"peft_type"`
	R            int                `json:"r"`
	Alpha        float64            `json:"lora_alpha"`
	RSLoRA       bool               `json:"use_rslora"`
	DoRA         bool               `json:"use_dora"`
	Bias         string             `json:"bias"`
	FanInFanOut  bool               `json:"fan_in_fan_out"`
	Save         []string           `json:"modules_to_save"`
	RankPattern  map[string]int     `json:"rank_pattern"`
	AlphaPattern map[string]float64 `json:"alpha_pattern"`
}

// Load reads the adapter folder dir onto m, for batches of at most the given
// number of tokens. What the folder asks for beyond plain LoRA and rsLoRA is
// refused by name.
func Load(dir string, m *nn.Model, tokens int) (*lora.Set, error) {
	set, err := load(os.DirFS(dir), m, tokens)
	if err != nil {
		return nil, fmt.Errorf("peft: %s: %w", dir, err)
	}
	return set, nil
}

func load(dir fs.FS, m *nn.Model, tokens int) (*lora.Set, error) {
	c, err := readConfig(dir)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", configFile, err)
	}
	tensors, err := checkpoint.ReadTensors(dir, weightsFile)
	if err != nil {
		return nil, err
	}
	trained, err := c.pair(tensors)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", weightsFile, err)
	}
	return lora.Restore(m, trained, tokens)
}

func readConfig(dir fs.FS) (config, error) {
	text, err := fs.ReadFile(dir, configFile)
	if err != nil {
		return config{}, err
	}
	c := config{Type: "LORA", Bias: "none"}
	if err := json.Unmarshal(text, &c); err != nil {
		return config{}, err
	}
	switch {
	case c.Type != "LORA":
		return c, fmt.Errorf("peft_type %q: only LORA is known", c.Type)
	case c.DoRA:
		return c, fmt.Errorf("use_dora: DoRA is not known")
	case c.Bias != "none" && c.Bias != "":
		return c, fmt.Errorf("bias %q: only none is known", c.Bias)
	case c.FanInFanOut:
		return c, fmt.Errorf("fan_in_fan_out: transposed weights are not known")
	case len(c.Save) > 0:
		return c, fmt.Errorf("modules_to_save %q: whole modules are not known", c.Save)
	case c.R < 1:
		return c, fmt.Errorf("r %d: must be at least 1", c.R)
	}
	return c, nil
}

// pair puts the A and the B of every module together.
func (c config) pair(tensors []nn.Tensor) ([]lora.Trained, error) {
	byModule := make(map[string]*lora.Trained)
	var modules []string
	for _, t := range tensors {
		name := strings.TrimPrefix(t.Name, prefix)
		module, isA := strings.CutSuffix(name, ".lora_A.weight")
		isB := false
		if !isA {
			module, isB = strings.CutSuffix(name, ".lora_B.weight")
		}
		if !isA && !isB || len(t.Shape) != 2 {
			return nil, fmt.Errorf("tensor %q of shape %v: not an A or a B of LoRA", t.Name, t.Shape)
		}
		pair := byModule[module]
		if pair == nil {
			pair = &lora.Trained{Module: module}
			byModule[module] = pair
			modules = append(modules, module)
		}
		matrix := blas32.General{Rows: t.Shape[0], Cols: t.Shape[1], Stride: max(1, t.Shape[1]), Data: t.Data}
		if isA {
			pair.A = matrix
		} else {
			pair.B = matrix
		}
	}
	slices.Sort(modules)
	var all []lora.Trained
	for _, module := range modules {
		pair := byModule[module]
		if pair.A.Data == nil || pair.B.Data == nil {
			return nil, fmt.Errorf("module %q has only one of A and B", module)
		}
		rank, gamma := c.scale(module)
		if pair.A.Rows != rank {
			return nil, fmt.Errorf("module %q: A has %d rows, %s says rank %d", module, pair.A.Rows, configFile, rank)
		}
		pair.Gamma = gamma
		all = append(all, *pair)
	}
	if len(all) == 0 {
		return nil, fmt.Errorf("holds no adapter")
	}
	return all, nil
}

// scale returns the rank and the scaling factor of a module, patterns
// included: a pattern is the end of a module's name, from a dot on.
func (c config) scale(module string) (rank int, gamma float64) {
	rank, alpha := c.R, c.Alpha
	if pattern, ok := match(c.RankPattern, module); ok {
		rank = c.RankPattern[pattern]
	}
	if pattern, ok := match(c.AlphaPattern, module); ok {
		alpha = c.AlphaPattern[pattern]
	}
	p := 1.0
	if c.RSLoRA {
		p = 0.5
	}
	return rank, alpha / math.Pow(float64(rank), p)
}

// match returns the longest pattern that is the module's name or its end.
func match[V any](patterns map[string]V, module string) (best string, ok bool) {
	for _, p := range slices.Sorted(maps.Keys(patterns)) {
		if p == module || strings.HasSuffix(module, "."+p) {
			if !ok || len(p) > len(best) {
				best, ok = p, true
			}
		}
	}
	return best, ok
}
