// Package peft reads and writes adapters in the folder format of Hugging Face
// PEFT: adapter_config.json beside adapter_model.safetensors.
//
// A config means here what it means to PEFT 0.21. Any setting that asks for something
// other than LoRA, rsLoRA or DoRA on linear maps is refused by name: ignoring it would
// silently give another adapter.
package peft

import (
	"errors"
	"fmt"
	"io/fs"
	"maps"
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

	// prefix is the name that PEFT gives to the wrapped model.
	prefix = "base_model.model."
)

// Folder is the content of an adapter folder.
type Folder struct {
	Adapters  []lora.Trained   // in alphabetical order of their modules
	RSLoRA    bool             // true: lora_alpha is γ√r; false: γr
	BaseModel string           // name or path of the model that was adapted, for people to read
	DType     checkpoint.DType // type of the stored weights; they are float32 in memory
	Dropout   float64          // dropout in training

	// FanInFanOut says that PEFT stores the adapted maps' weights as (in, out), as those
	// of GPT-2. It changes how PEFT merges, and nothing here.
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

// Read reads the adapter folder dir, which was made for m. Ranks and alphas may differ
// from map to map, by rank_pattern and alpha_pattern. The folder must have weights for
// exactly the maps that its config selects; if target_modules is absent, the weights alone
// decide which maps are adapted.
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
	if errors.Is(err, fs.ErrNotExist) && exists(dir, pickledFile) {
		return nil, fmt.Errorf("has %s and no %s: a pickled file may run any program and is not read; convert it by "+
			"python -c 'import torch, safetensors.torch as s; s.save_file(torch.load(%[1]q, "+
			"weights_only=True), %[2]q)' "+
			"in this folder", pickledFile, weightsFile)
	}
	if err != nil {
		return nil, err
	}
	f := &Folder{RSLoRA: c.RSLoRA, BaseModel: c.BaseModel, Dropout: c.Dropout, FanInFanOut: c.FanInFanOut}
	if f.DType, err = checkpoint.StoredDType(dir, weightsFile); err != nil {
		return nil, err
	}
	if f.Adapters, err = c.adapters(tensors); err != nil {
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

// pickledFile has the weights where they were saved by torch.save.
const pickledFile = "adapter_model.bin"

func exists(dir fs.FS, name string) bool {
	_, err := fs.Stat(dir, name)
	return err == nil
}

// adapters puts the arrays of every module together, in alphabetical order.
func (c config) adapters(tensors []nn.Tensor) ([]lora.Trained, error) {
	byModule := make(map[string]*lora.Trained)
	for _, t := range tensors {
		module, part, err := c.parseName(t)
		if err != nil {
			return nil, err
		}
		a := byModule[module]
		if a == nil {
			a = &lora.Trained{Module: module}
			byModule[module] = a
		}
		twice := false
		switch part {
		case partA:
			twice, a.A = a.A.Data != nil, matrix(t)
		case partB:
			twice, a.B = a.B.Data != nil, matrix(t)
		case partMagnitude:
			twice, a.Magnitude = a.Magnitude != nil, t.Data
		}
		if twice {
			return nil, fmt.Errorf("tensor %q: module %q has this part twice, with and without the name default",
				t.Name, module)
		}
	}
	var all []lora.Trained
	for _, module := range slices.Sorted(maps.Keys(byModule)) {
		a := byModule[module]
		if err := c.complete(a); err != nil {
			return nil, err
		}
		all = append(all, *a)
	}
	if len(all) == 0 {
		return nil, errors.New("holds no adapter")
	}
	return all, nil
}

func matrix(t nn.Tensor) blas32.General {
	return blas32.General{Rows: t.Shape[0], Cols: t.Shape[1], Stride: max(1, t.Shape[1]), Data: t.Data}
}

// complete sets the γ of an adapter. It is an error if one of its arrays is missing, or
// does not have the rank that the config says.
func (c config) complete(a *lora.Trained) error {
	if a.A.Data == nil || a.B.Data == nil {
		return fmt.Errorf("module %q has only one of A and B", a.Module)
	}
	if c.DoRA && a.Magnitude == nil {
		return fmt.Errorf("module %q has no magnitude, and use_dora in %s asks for one", a.Module, configFile)
	}
	rank, gamma, err := c.scale(a.Module)
	if err != nil {
		return err
	}
	if a.A.Rows != rank {
		return fmt.Errorf("module %q: A has %d rows, %s says rank %d", a.Module, a.A.Rows, configFile, rank)
	}
	a.Gamma = gamma
	return nil
}

// hasAll checks that exactly the maps that the config selects have weights. PEFT would
// leave a selected map without weights untrained, and drop weights of any other map.
func (c config) hasAll(m *nn.Model, adapters []lora.Trained) error {
	if c.Targets == nil {
		return nil
	}
	stored := make(map[string]bool)
	for _, a := range adapters {
		stored[a.Module] = true
	}
	for _, l := range m.Linears() {
		selected, err := c.Has(l.Name)
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

// The arrays of an adapter, by the part of their name after the module's.
const (
	partA         = ".lora_A.weight"
	partB         = ".lora_B.weight"
	partMagnitude = ".lora_magnitude_vector" // of DoRA
)

// parseName takes the name of a stored array apart.
func (c config) parseName(t nn.Tensor) (module, part string, err error) {
	if slices.Equal(t.Shape, []int{0}) {
		return "", "", fmt.Errorf("tensor %q of shape %v is empty: DeepSpeed ZeRO-3 saves only parts of weights; save "+
			"the adapter with stage3_gather_16bit_weights_on_model_save, or put the parts together by zero_to_fp32.py",
			t.Name, t.Shape)
	}
	name, wrapped := strings.CutPrefix(t.Name, prefix)
	name = strings.Replace(name, ".default.weight", ".weight", 1) // a model's own state, with the adapter's name
	name = strings.Replace(name, partMagnitude+".weight", partMagnitude, 1)
	for _, p := range []struct {
		part string
		dims int
		has  bool
	}{{partA, 2, true}, {partB, 2, true}, {partMagnitude, 1, c.DoRA}} {
		if module, ok := strings.CutSuffix(name, p.part); ok && wrapped && p.has && len(t.Shape) == p.dims {
			return module, p.part, nil
		}
	}
	what := "an A or a B of LoRA"
	if c.DoRA {
		what = "an A, a B or a magnitude of DoRA"
	}
	return "", "", fmt.Errorf("tensor %q of shape %v: not %s", t.Name, t.Shape, what)
}
