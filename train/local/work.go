package local

import (
	"context"
	"fmt"
	"os"

	"ranksweep/checkpoint"
	"ranksweep/data"
	"ranksweep/experiments"
	"ranksweep/lora"
	"ranksweep/nn"
)

// Work is what a run is trained on. A trainer in another process gets it from here, so that
// it trains the same run.
type Work struct {
	Config  experiments.Config
	Model   *nn.Model
	Data    *data.Dataset   // shared by all runs with the same data settings
	Probe   []data.Sequence // the sequences on which adapters are measured
	Targets []*nn.Linear    // the maps that are adapted, in the order of the forward pass
}

// Work finds what a config is trained on.
func (l *Trainer) Work(ctx context.Context, c experiments.Config) (Work, error) {
	model, _, d, err := l.material(ctx, c)
	if err != nil {
		return Work{}, err
	}
	if err := trainable(c, d); err != nil {
		return Work{}, err
	}
	targets, err := lora.Targets(model.Model, c.Adapter.Targets)
	if err != nil {
		return Work{}, err
	}
	return Work{Config: c, Model: model.Model, Data: d, Probe: probed(c, d), Targets: targets}, nil
}

// Order returns the places in Data.Train of the sequences that the run trains on: those of
// every step one after the other, and within a step those of every batch.
func (w Work) Order() []int {
	sampler, t := data.NewSampler(new(nn.Arena), w.Data.Train, w.Config.Seed), w.Config.Train
	order := make([]int, 0, t.Steps*t.Accumulate*t.Batch)
	for i := range t.Steps * t.Accumulate {
		order = sampler.Order(order, i, t.Batch)
	}
	return order
}

// Folder returns the folder of a model in Hugging Face's format. An embedded model is
// written into dir. A GGUF file has no such folder, which is an error.
func (l *Trainer) Folder(name, dir string) (string, error) {
	if l.isEmbedded(name) {
		model, err := l.Model(name)
		if err != nil {
			return "", err
		}
		return dir, checkpoint.Save(dir, model, checkpoint.F32)
	}
	path, err := l.locate(name)
	if err != nil {
		return "", err
	}
	if info, err := os.Stat(path); err != nil {
		return "", err
	} else if !info.IsDir() {
		return "", fmt.Errorf("model %s: is a file: must be a folder in Hugging Face's format, since only trainer %s "+
			"reads GGUF files", name, l.Name())
	}
	return path, nil
}
