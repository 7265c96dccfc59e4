package sweeptest

import (
	"context"
	"errors"

	"ranksweep/experiments"
	"ranksweep/lora"
	"ranksweep/metrics"
	"ranksweep/nn"
	"ranksweep/results"
	"ranksweep/sweep"
)

// Resolver is a trainer that says of every config that it is made of Material, and
// trains none.
type Resolver struct{ Material sweep.Material }

// Name is that of the trainer in this process.
func (Resolver) Name() string { return experiments.LocalTrainer }

// Abilities are those of the trainer in this process.
func (Resolver) Abilities() sweep.Abilities {
	return sweep.Abilities{
		Optimizers: nn.Optimizers(), Methods: lora.Methods(),
		Precisions: []string{experiments.Float32Precision, experiments.BF16Precision},
	}
}

// Provenance is empty.
func (Resolver) Provenance() results.Provenance { return results.Provenance{} }

// Resolve returns Material.
func (r Resolver) Resolve(experiments.Config) (sweep.Material, error) { return r.Material, nil }

// Train fails.
func (Resolver) Train(context.Context, experiments.Config, func(metrics.Point)) (sweep.Outcome, error) {
	return sweep.Outcome{}, errors.New("there is no training here")
}
