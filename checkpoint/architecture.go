package checkpoint

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"ranksweep/nn"
	"ranksweep/paper/number"
)

// architecture is a kind of model: it says how to read its config.json, and which of its
// weights are stored in another order than nn's.
type architecture struct {
	name   string // in config.json
	prefix string // beginning of its weights' names; a checkpoint of the bare model lacks it
	parse  func(content []byte) (nn.Config, error)

	// transposed are the endings of the names of maps that are stored as (in, out).
	transposed []string
}

// architectures are the known architectures.
var architectures = []architecture{
	llama, mistral, qwen2, qwen3, phi3, gemma, gemma2, gpt2, gptNeoX, opt, phi,
}

// findArchitecture finds an architecture by the names that a config has for it or, if it has
// none, by its model type, as transformers does.
func findArchitecture(names []string, kind string) (*architecture, error) {
	var known []string
	for i, a := range architectures {
		if slices.Equal(names, []string{a.name}) || len(names) == 0 && kind != "" && a.kind() == kind {
			return &architectures[i], nil
		}
		known = append(known, a.name)
	}
	if len(names) == 0 {
		return nil, fmt.Errorf("no architectures, and model_type %q is unknown; known are: %s", kind,
			strings.Join(known, ", "))
	}
	return nil, fmt.Errorf("architecture %q is unknown; known are: %s", strings.Join(names, ", "),
		strings.Join(known, ", "))
}

// kind is the model_type of configs.
func (a *architecture) kind() string {
	name := strings.TrimSuffix(strings.TrimSuffix(a.name, "ForCausalLM"), "LMHeadModel")
	if name == "GPTNeoX" {
		return "gpt_neox"
	}
	return strings.ToLower(name)
}

// transposes reports whether the tensor with the given name is stored as (in, out).
func (a *architecture) transposes(name string) bool {
	return hasSuffix(name, a.transposed)
}

// decode reads a config.json into a struct of its settings. Settings that the file may leave
// out have their defaults there already.
func decode[T any](content []byte, settings *T) (*T, error) {
	return settings, json.Unmarshal(content, settings)
}

// activationNames are transformers' names of the activations
// (src/transformers/activations.py).
var activationNames = map[string]nn.Activation{
	"silu": nn.SiLU, "swish": nn.SiLU,
	"gelu":     nn.GELU,
	"gelu_new": nn.GELUTanh, "gelu_fast": nn.GELUTanh, "gelu_pytorch_tanh": nn.GELUTanh,
	"relu": nn.ReLU,
}

func activation(key, name string, known ...nn.Activation) (nn.Activation, error) {
	a, ok := activationNames[name]
	if !ok || len(known) > 0 && !slices.Contains(known, a) {
		return a, fmt.Errorf("%s %q is not supported", key, name)
	}
	return a, nil
}

// without refuses settings that the model does not implement. The map says for each key
// whether the config asks for it.
func without(settings map[string]bool) error {
	var bad []string
	for key, set := range settings {
		if set {
			bad = append(bad, key)
		}
	}
	if bad == nil {
		return nil
	}
	slices.Sort(bad)
	return fmt.Errorf("%s is not supported with this value", strings.Join(bad, ", "))
}

// share returns the number of a head's channels that are rotated, given their part of all.
func share(part float64, headDim int) (int, error) {
	n := int(part * float64(headDim))
	if !(n >= 1 && part <= 1) {
		return 0, fmt.Errorf("%s of a head's %d channels rotated: must be at least one channel and at most all",
			number.Full(part), headDim)
	}
	return n, nil
}
