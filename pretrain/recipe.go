package pretrain

import (
	"bytes"
	"errors"
	"fmt"
	"io"

	"gopkg.in/yaml.v3"

	"ranksweep/nn"
)

// Recipe is everything on which a training depends.
type Recipe struct {
	Data   string `yaml:"data"`             // the training text, a source of data.Load
	Held   string `yaml:"held"`             // the held-out text, a source of data.Load
	SHA256 Texts  `yaml:"sha256,omitempty"` // the hashes that the texts must have; a model's folder records them
	Seed   uint64 `yaml:"seed"`
	Model  struct {
		Vocab   int `yaml:"vocab"` // tokens; learned from the text, see tokenizer.TrainBPE
		Dim     int `yaml:"dim"`
		Layers  int `yaml:"layers"`
		Heads   int `yaml:"heads"`
		Hidden  int `yaml:"hidden"`
		Context int `yaml:"context"` // in tokens
	} `yaml:"model"`
	Train struct {
		LR          float64 `yaml:"lr"` // peak
		Schedule    string  `yaml:"schedule"`
		Warmup      int     `yaml:"warmup"`
		Floor       float64 `yaml:"floor"` // the schedule's end, as a share of lr
		Steps       int     `yaml:"steps"`
		Batch       int     `yaml:"batch"` // sequences of context tokens a step
		Beta1       float64 `yaml:"beta1"`
		Beta2       float64 `yaml:"beta2"`
		Eps         float64 `yaml:"eps"`
		WeightDecay float64 `yaml:"weight_decay"`
		Clip        float64 `yaml:"clip"`
		// parts of a batch computed at once; the bytes depend on it, not on the cores
		Shards int `yaml:"shards"`
	} `yaml:"train"`
	EvalEvery       int `yaml:"eval_every"`       // steps between held-out losses
	EvalSequences   int `yaml:"eval_sequences"`   // sequences in a held-out loss
	CheckpointEvery int `yaml:"checkpoint_every"` // steps between checkpoints
}

// ParseRecipe reads a recipe. Unknown keys are errors.
func ParseRecipe(name string, text []byte) (Recipe, error) {
	var r Recipe
	d := yaml.NewDecoder(bytes.NewReader(text))
	d.KnownFields(true)
	if err := d.Decode(&r); err != nil {
		if errors.Is(err, io.EOF) {
			err = errors.New("is empty")
		}
		return r, fmt.Errorf("pretrain: %s: %w", name, err)
	}
	if err := r.validate(); err != nil {
		return r, fmt.Errorf("pretrain: %s: %w", name, err)
	}
	return r, nil
}

func (r Recipe) validate() error {
	for _, f := range []struct {
		name  string
		value int
	}{
		{"train.batch", r.Train.Batch}, {"train.shards", r.Train.Shards}, {"eval_every", r.EvalEvery},
		{"eval_sequences", r.EvalSequences}, {"checkpoint_every", r.CheckpointEvery},
		{"model.heads", r.Model.Heads},
	} {
		if f.value < 1 {
			return fmt.Errorf("%s %d: must be at least 1", f.name, f.value)
		}
	}
	if r.Train.Batch%r.Train.Shards != 0 {
		return fmt.Errorf("train.shards %d: must divide train.batch %d", r.Train.Shards, r.Train.Batch)
	}
	if r.Model.Dim%r.Model.Heads != 0 {
		return fmt.Errorf("model.heads %d: must divide model.dim %d", r.Model.Heads, r.Model.Dim)
	}
	if err := r.rates().Validate(); err != nil {
		return err
	}
	if err := r.schedule().Validate(); err != nil {
		return err
	}
	return r.optimizer().Validate()
}

func (r Recipe) config() nn.Config {
	m := r.Model
	return nn.Config{
		Vocab: m.Vocab, Dim: m.Dim, Layers: m.Layers, Heads: m.Heads, KVHeads: m.Heads,
		HeadDim: m.Dim / m.Heads, Hidden: m.Hidden, Context: m.Context,
		NormEps: 1e-5, RopeTheta: 10000, TiedHead: true,
	}
}

func (r Recipe) rates() nn.LearningRates { return nn.UniformRate(r.Train.LR) }

func (r Recipe) schedule() nn.Schedule {
	return nn.Schedule{Name: r.Train.Schedule, Warmup: r.Train.Warmup, Steps: r.Train.Steps, Floor: r.Train.Floor}
}

func (r Recipe) optimizer() nn.OptimizerConfig {
	t := r.Train
	return nn.OptimizerConfig{Name: "adamw", Beta1: t.Beta1, Beta2: t.Beta2, Eps: t.Eps, WeightDecay: t.WeightDecay}
}

// text returns the recipe as YAML.
func (r Recipe) text() string {
	text, err := yaml.Marshal(r)
	if err != nil {
		panic(err) // a struct of numbers and strings can always be written
	}
	return string(text)
}
