package train

import (
	"context"
	"strings"
	"testing"

	"ranksweep/experiments"
	"ranksweep/metrics"
	"ranksweep/results"
)

// idle is a trainer that resolves what it can train, and trains nothing.
type idle struct{ name string }

func (i idle) Name() string { return i.name }

func (idle) Abilities() (Abilities, error) {
	return Abilities{Optimizers: []string{"sgd"}, Methods: []string{"lora"}, Precisions: []string{"float32"}}, nil
}

func (idle) Provenance() results.Provenance { return results.Provenance{} }

func (i idle) Resolve(context.Context, experiments.Config) (Material, error) {
	return Material{ModelHash: i.name}, nil
}

func (idle) Train(context.Context, experiments.Config, func(metrics.Point)) (Outcome, error) {
	return Outcome{}, nil
}

// The trainer that a config names resolves it, if it can train the config.
func TestTrainersResolve(t *testing.T) {
	all := Trainers{idle{"a"}, idle{"b"}}
	able := experiments.Defaults()
	able.Trainer, able.Train.Optimizer, able.Adapter.Method = "b", "sgd", "lora"
	if m, err := all.Resolve(context.Background(), able); m.ModelHash != "b" || err != nil {
		t.Errorf("resolved by %q, %v; want b", m.ModelHash, err)
	}
	for want, change := range map[string]func(c *experiments.Config){
		`unknown trainer "c": known: a, b; --trainer NAME=COMMAND adds one`: func(c *experiments.Config) {
			c.Trainer = "c"
		},
		"optimizer lion: trainer b cannot train it: must be one of sgd": func(c *experiments.Config) {
			c.Train.Optimizer = "lion"
		},
		"method dora: trainer b cannot train it: must be one of lora": func(c *experiments.Config) {
			c.Adapter.Method = "dora"
		},
		"precision bf16: trainer b cannot train it: must be one of float32": func(c *experiments.Config) {
			c.Train.Precision = experiments.BF16Precision
		},
		"dropout 0.1: trainer b cannot train it: must be 0": func(c *experiments.Config) { c.Adapter.Dropout = 0.1 },
	} {
		c := able
		change(&c)
		if _, err := all.Resolve(context.Background(), c); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("error %v, want %q", err, want)
		}
	}
}
