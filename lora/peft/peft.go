// Package peft reads and writes adapters in the folder format of Hugging Face
// PEFT: adapter_config.json beside adapter_model.safetensors.
//
// What a config means is what PEFT 0.21 makes of it. What is more than LoRA or
// rsLoRA on linear maps is refused by name: to leave it out would give another
// adapter in silence.
package peft

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"slices"
	"strings"

	"gonum.org/v1/gonum/blas/blas32"

	"ranksweep/checkpoint"
	"ranksweep/lora"
	"ranksweep/nn"
)

const (
	configFile  = "adapter_config.json"
	weightsFile = "adapter_model.safetensors"

	// prefix is how PEFT's wrapper calls what it wraps.
	prefix = "base_model.model."
)

// Folder is what an adapter folder holds.
type Folder struct {
	Adapters  []lora.Trained   // in alphabetical order of their modules
	RSLoRA    bool             // lora_alpha is γ√r, and γr without it
	BaseModel string           // name or path of the model that was adapted, for the reader
	DType     checkpoint.DType // of the stored weights, which are float32 in memory
	Dropout   float64          // of training

	// FanInFanOut says that PEFT has the adapted maps' weights as (in, out),
	// as GPT-2's are. It changes how PEFT merges and nothing here.
	FanInFanOut bool
}

// Load reads the adapter folder dir onto m, for batches of at most the given
// number of tokens.
func Load(dir string, m *nn.Model, tokens int) (*lora.Set, error) {
	set, err := load(os.DirFS(dir), m, tokens)
	if err != nil {
		return nil, fmt.Errorf("peft: %s: %w", dir, err)
	}
	return set, nil
}

func load(dir fs.FS, m *nn.Model, tokens int) (*lora.Set, error) {
	f, err := read(dir, m)
	if err != nil {
		return nil, err
	}
	return lora.Restore(m, f.Adapters, tokens)
}

// Read reads the adapter folder dir, made for m. Ranks and alphas may differ
// from map to map, by rank_pattern and alpha_pattern. The maps that its config
// selects must be those that it has weights for; where target_modules is
// absent, the weights alone say which they are.
func Read(dir string, m *nn.Model) (*Folder, error) {
	f, err := read(os.DirFS(dir), m)
	if err != nil {
		return nil, fmt.Errorf("peft: %s: %w", dir, err)
	}
	return f, nil
}

func read(dir fs.FS, m *nn.Model) (*Folder, error) {
	c, err := readConfig(dir)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", configFile, err)
	}
	tensors, err := checkpoint.ReadTensors(dir, weightsFile)
	if err != nil {
		return nil, err
	}
	f := &Folder{RSLoRA: c.RSLoRA, BaseModel: c.BaseModel, Dropout: c.Dropout, FanInFanOut: c.FanInFanOut}
	if f.DType, err = checkpoint.StoredDType(dir, weightsFile); err != nil {
		return nil, err
	}
	if f.Adapters, err = c.pair(tensors); err != nil {
		return nil, fmt.Errorf("%s: %w", weightsFile, err)
	}
	if err := lora.Fits(m, f.Adapters); err != nil {
		return nil, err
	}
	if err := c.hasAll(m, f.Adapters); err != nil {
		return nil, fmt.Errorf("%s: %w", configFile, err)
	}
	return f, nil
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
		rank, gamma, err := c.scale(module)
		if err != nil {
			return nil, err
		}
		if pair.A.Rows != rank {
			return nil, fmt.Errorf("module %q: A has %d rows, %s says rank %d", module, pair.A.Rows, configFile, rank)
		}
		pair.Gamma = gamma
		all = append(all, *pair)
	}
	if len(all) == 0 {
		return nil, errors.New("holds no adapter")
	}
	return all, nil
}

// hasAll holds the maps that have weights to those that the config selects:
// what PEFT would leave untrained or drop is an error here.
func (c config) hasAll(m *nn.Model, adapters []lora.Trained) error {
	if c.Targets == nil {
		return nil
	}
	stored := make(map[string]bool)
	for _, a := range adapters {
		stored[a.Module] = true
	}
	for _, l := range m.Linears() {
		selected, err := c.has(l.Name)
		switch {
		case err != nil:
			return err
		case selected && !stored[l.Name]:
			return fmt.Errorf("selects the model's map %q, which has no weights in %s", l.Name, weightsFile)
		case !selected && stored[l.Name]:
			return fmt.Errorf("does not select the map %q, which has weights in %s", l.Name, weightsFile)
		}
	}
	return nil
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
