package sweep

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"ranksweep/experiments"
	"ranksweep/lora"
	"ranksweep/metrics"
	"ranksweep/results"
)

// A Trainer trains one config: config in, a stream of points out. Whatever
// stands behind it, the grid, the store, the tables and the figures are the
// same. It serves several goroutines at once.
type Trainer interface {
	// Name is what the field trainer of a config calls it.
	Name() string

	// Abilities are what it can train.
	Abilities() Abilities

	// Provenance says what trains here: the program, its kernel or libraries, and
	// the device. What a run is made of is left to the caller.
	Provenance() results.Provenance

	// Resolve finds the model and the data of a config, and says what they
	// are and what training it takes.
	Resolve(c experiments.Config) (Material, error)

	// Train trains c and calls report after every step with what was
	// measured at it. It ends early with ctx's error. Divergence is an
	// outcome, not an error.
	Train(ctx context.Context, c experiments.Config, report func(metrics.Point)) (Outcome, error)
}

// A Helper is a trainer that can make its runs faster with cores that no run has.
type Helper interface {
	// Help uses one core until done is closed. It changes no byte of any run.
	Help(done <-chan struct{})
}

// Abilities are the values of fields that a trainer can train.
type Abilities struct {
	Optimizers []string
	Methods    []string
	Precisions []string
}

// Check reports the first field whose value the trainer of that name cannot train.
func (a Abilities) Check(trainer string, c experiments.Config) error {
	for _, f := range []struct {
		name, value string
		can         []string
	}{
		{"optimizer", c.Train.Optimizer, a.Optimizers},
		{"method", c.Adapter.Method, a.Methods},
		{"precision", c.Train.Precision, a.Precisions},
	} {
		if !slices.Contains(f.can, f.value) {
			return fmt.Errorf("%s %s: trainer %s has none: it has %s", f.name, f.value, trainer, strings.Join(f.can, ", "))
		}
	}
	return nil
}

// Trainers are those at hand. A config is for the one that it names.
type Trainers []Trainer

// Of returns the trainer that a config names.
func (all Trainers) Of(c experiments.Config) (Trainer, error) {
	var names []string
	for _, t := range all {
		if t.Name() == c.Trainer {
			return t, nil
		}
		names = append(names, t.Name())
	}
	return nil, fmt.Errorf("trainer %s: there is none of that name here: known are %s", c.Trainer, strings.Join(names, ", "))
}

// Resolve asks the trainer that a config names. What it cannot train is an error.
func (all Trainers) Resolve(c experiments.Config) (Material, error) {
	t, err := all.Of(c)
	if err != nil {
		return Material{}, err
	}
	if err := t.Abilities().Check(t.Name(), c); err != nil {
		return Material{}, err
	}
	return t.Resolve(c)
}

// help is what a core that no run has can do for those of all trainers; nil where
// that is nothing.
func (all Trainers) help() func(done <-chan struct{}) {
	for _, t := range all {
		if h, ok := t.(Helper); ok {
			return h.Help
		}
	}
	return nil
}

// Material is what a config is made of.
type Material struct {
	ModelHash string
	DataHash  string
	Numerics  int      // version of the arithmetic
	Cost      float64  // estimate, in floating-point operations
	Factored  float64  // the same if every adapter were computed beside its map, as others do
	Bytes     int64    // estimate of the memory a run takes beside the base model
	Warnings  []string // doubts about the config itself
}

// Outcome is how a training ended and what was measured.
type Outcome struct {
	Status  results.Status // done or diverged
	Reason  string         // why it diverged
	Steps   int            // updates made
	Tokens  int64          // tokens trained on
	Curve   []metrics.Point
	Modules []metrics.Point

	Validation []results.ValidationBatch // at the last validation; none without a validation set

	// Expected is what theory expects of statistics, by name, where the config
	// asks for it and exact expressions are known. BeyondTheory says why theory
	// predicts nothing of the run once it has been updated; empty where it does.
	Expected     map[string]float64
	BeyondTheory string

	// Adapters is what was trained, for whom it may concern before the
	// outcome is forgotten; a store has no room for it.
	Adapters []lora.Trained
}
