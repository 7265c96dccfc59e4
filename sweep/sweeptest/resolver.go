package sweeptest

import (
	"context"
	"errors"

	"ranksweep/experiments"
	"ranksweep/lora"
	"ranksweep/metrics"
	"ranksweep/nn"
	"ranksweep/results"
	"ranksweep/train"
)

// Resolver is a trainer that resolves every config to the same Material and trains none.
type Resolver struct{ Material train.Material }

// Name returns the name of the trainer in this process.
func (Resolver) Name() string { return experiments.LocalTrainer }

// Abilities returns the abilities of the trainer in this process.
func (Resolver) Abilities() (train.Abilities, error) {
	return train.Abilities{
		Optimizers: nn.Optimizers(), Methods: lora.Methods(), Precisions: experiments.Precisions(), Dropout: true,
	}, nil
}

// Provenance is empty.
func (Resolver) Provenance() results.Provenance { return results.Provenance{} }

// Resolve returns Material.
func (r Resolver) Resolve(context.Context, experiments.Config) (train.Material, error) {
	return r.Material, nil
}

// Train returns an error.
func (Resolver) Train(context.Context, experiments.Config, func(metrics.Point)) (train.Outcome, error) {
	return train.Outcome{}, errors.New("sweeptest: Resolver cannot train")
}
