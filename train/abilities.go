package train

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"ranksweep/experiments"
	"ranksweep/lora"
	"ranksweep/nn"
	"ranksweep/paper/number"
)

// Abilities lists what a trainer can train: values of the fields optimizer, method, precision,
// quantization and attention, and whether other values than the default are possible of the
// fields dropout, gradient_checkpointing and deterministic.
type Abilities struct {
	Optimizers []string
	Methods    []string
	Precisions []string
	Dropout    bool

	// Checkpoints of runs are kept. Without them, a run that is interrupted starts anew.
	Checkpoints bool

	Quantizations         []string // nil: only the default
	Attentions            []string // nil: only the default
	GradientCheckpointing bool
	Deterministic         bool
	Why                   map[string]string // by a field's name: why the trainer lacks some of its values
}

// Check returns an error about the first field with a value that the named trainer
// cannot train.
func (a Abilities) Check(trainer string, c experiments.Config) error {
	for _, f := range []struct {
		name, value string
		can         []string
	}{
		{"optimizer", c.Train.Optimizer, a.Optimizers},
		{"method", c.Adapter.Method, a.Methods},
		{"precision", c.Train.Precision, a.Precisions},
		{"quantization", c.Train.Quantization, orDefault(a.Quantizations, experiments.Unquantized)},
		{"attention", c.Train.Attention, orDefault(a.Attentions, experiments.DefaultAttention)},
	} {
		if !slices.Contains(f.can, f.value) {
			return a.refusal(trainer, f.name, f.value, "one of "+strings.Join(f.can, ", "))
		}
	}
	for _, f := range []struct {
		name       string
		value      any
		asked, can bool
		usual      string
	}{
		{"dropout", number.Full(c.Adapter.Dropout), c.Adapter.Dropout > 0, a.Dropout, "0"},
		{"gradient_checkpointing", true, c.Train.GradientCheckpointing, a.GradientCheckpointing, "false"},
		{"deterministic", true, c.Train.Deterministic, a.Deterministic, "false"},
	} {
		if f.asked && !f.can {
			return a.refusal(trainer, f.name, f.value, f.usual)
		}
	}
	return nil
}

// Valid is an error if the abilities lack a list that they must have, or have a value or a field
// that no experiment can ask for.
func (a Abilities) Valid() error {
	for _, f := range []struct {
		name       string
		can, known []string
		needed     bool
	}{
		{"optimizers", a.Optimizers, nn.Optimizers(), true},
		{"methods", a.Methods, lora.Methods(), true},
		{"precisions", a.Precisions, experiments.Precisions(), true},
		{"quantizations", a.Quantizations, experiments.Quantizations(), false},
		{"attentions", a.Attentions, experiments.Attentions(), false},
		{"why", slices.Sorted(maps.Keys(a.Why)), explained, false},
	} {
		if f.needed && len(f.can) == 0 {
			return fmt.Errorf("abilities without %s: must be some of %s", f.name, strings.Join(f.known, ", "))
		}
		for _, v := range f.can {
			if !slices.Contains(f.known, v) {
				return fmt.Errorf("abilities: %s has %q: must be some of %s", f.name, v, strings.Join(f.known, ", "))
			}
		}
	}
	return nil
}

// explained are the fields that [Abilities.Why] may explain.
var explained = []string{
	"optimizer", "method", "precision", "quantization", "attention", "dropout", "gradient_checkpointing",
	"deterministic",
}

func orDefault(can []string, usual string) []string {
	if len(can) == 0 {
		return []string{usual}
	}
	return can
}

// refusal is an error about a field's value, with the reason if it is known.
func (a Abilities) refusal(trainer, field string, value any, must string) error {
	why := ""
	if a.Why[field] != "" {
		why = ", since " + a.Why[field]
	}
	return experiments.About(fmt.Errorf("%s %v: trainer %s cannot train it%s: must be %s", field, value, trainer, why,
		must), field, "trainer")
}
