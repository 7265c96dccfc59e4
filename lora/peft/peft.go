// Package peft reads adapters in the folder format of Hugging Face PEFT:
// adapter_config.json beside adapter_model.safetensors.
package peft

import (
	"errors"
	"fmt"
	"io/fs"
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

// Load reads the adapter folder dir onto m, for batches of at most the given
// number of tokens. Ranks and alphas may differ from map to map, by
// rank_pattern and alpha_pattern. What the folder asks for beyond plain LoRA
// and rsLoRA is refused by name.
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

// pair puts the A and the B of every module together, in alphabetical order.
func (c config) pair(tensors []nn.Tensor) ([]lora.Trained, error) {
	pairs := make(map[string]*lora.Trained)
	var modules []string
	for _, t := range tensors {
		module, isA, err := parseName(t)
		if err != nil {
			return nil, err
		}
		if pairs[module] == nil {
			pairs[module] = &lora.Trained{Module: module}
			modules = append(modules, module)
		}
		matrix := blas32.General{Rows: t.Shape[0], Cols: t.Shape[1], Stride: max(1, t.Shape[1]), Data: t.Data}
		if isA {
			pairs[module].A = matrix
		} else {
			pairs[module].B = matrix
		}
	}
	slices.Sort(modules)
	var all []lora.Trained
	for _, module := range modules {
		pair := pairs[module]
		if pair.A.Data == nil || pair.B.Data == nil {
			return nil, fmt.Errorf("module %q has only one of A and B", module)
		}
		var rank int
		if rank, pair.Gamma = c.scale(module); pair.A.Rows != rank {
			return nil, fmt.Errorf("module %q: A has %d rows, %s says rank %d", module, pair.A.Rows, configFile, rank)
		}
		all = append(all, *pair)
	}
	if len(all) == 0 {
		return nil, errors.New("holds no adapter")
	}
	return all, nil
}

// parseName takes the name of a stored matrix apart.
func parseName(t nn.Tensor) (module string, isA bool, err error) {
	name, wrapped := strings.CutPrefix(t.Name, prefix)
	module, isA = strings.CutSuffix(name, ".lora_A.weight")
	isB := false
	if !isA {
		module, isB = strings.CutSuffix(name, ".lora_B.weight")
	}
	if !wrapped || !isA && !isB || len(t.Shape) != 2 {
		return "", false, fmt.Errorf("tensor %q of shape %v: not an A or a B of LoRA", t.Name, t.Shape)
	}
	return module, isA, nil
}
