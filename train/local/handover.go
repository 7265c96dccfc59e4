package local

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"

	"ranksweep/checkpoint"
	"ranksweep/data"
	"ranksweep/experiments"
	"ranksweep/lora"
	"ranksweep/nn"
)

// HandOver writes the inputs of runs into dir, so that another program can train the same
// runs:
//
//   - the model, as a folder in Hugging Face's format;
//   - the sequences of the validation set, in validation.safetensors;
//   - for each seed, in seed-N.safetensors, the batches of all steps in their order, and the
//     factor that is drawn of every adapter, at the largest rank.
//
// The drawn factor of a smaller rank is the top rows of an A, or the first columns of a B.
// It is an error if the runs differ in more than rank, scaling, α and seed.
func (l *Trainer) HandOver(ctx context.Context, dir string, configs []experiments.Config) error {
	if len(configs) == 0 {
		return errors.New("local: the grid has no runs")
	}
	first := configs[0]
	largest := make(map[uint64]experiments.Config) // the config with the largest rank, by seed
	for _, c := range configs {
		if err := sameWork(first, c); err != nil {
			return err
		}
		if c.Adapter.Rank > largest[c.Seed].Adapter.Rank {
			largest[c.Seed] = c
		}
	}
	model, _, d, err := l.material(ctx, first)
	if err != nil {
		return err
	}
	if err := checkpoint.Save(filepath.Join(dir, "model"), model, checkpoint.F32); err != nil {
		return err
	}
	var held nn.Batch
	data.Fill(&held, d.Val)
	file := filepath.Join(dir, "validation.safetensors")
	if err := checkpoint.WriteTensors(file, sequenceTensors(held), checkpoint.F32, nil); err != nil {
		return err
	}
	for seed, c := range largest {
		file := filepath.Join(dir, fmt.Sprintf("seed-%d.safetensors", seed))
		if err := handSeed(file, c, model.Model, d); err != nil {
			return err
		}
	}
	return nil
}

// sameWork returns an error if two runs cannot be handed over together.
func sameWork(a, b experiments.Config) error {
	switch {
	case !b.Adapter.Ranked() || b.Adapter.Method != lora.DefaultMethod:
		return fmt.Errorf("local: method %s has no drawn factors to hand over: must be %s",
			b.Adapter.Method, lora.DefaultMethod)
	case b.Adapter.Fresh:
		return errors.New("local: fresh true: must be false to hand over one drawn factor for all ranks")
	}
	for _, c := range []*experiments.Config{&a, &b} {
		zero := c.Adapter.Scaling.ZeroA
		c.Seed, c.Adapter.Rank, c.Adapter.Alpha, c.Adapter.MatchRank = 0, 1, 1, 0
		c.Adapter.Scaling = lora.Scheme{ZeroA: zero}
	}
	if string(a.JSON()) != string(b.JSON()) {
		return fmt.Errorf("local: two runs of the grid differ in more than rank, scaling, alpha and seed: %s and %s",
			a.JSON(), b.JSON())
	}
	return nil
}

// handSeed writes the batches of a run and the drawn factors of its adapters.
func handSeed(file string, c experiments.Config, m *nn.Model, d *data.Dataset) error {
	settings := c.LoRA()
	settings.Tokens = 1 // nothing is trained here
	set, err := lora.Attach(m, settings, c.Seed)
	if err != nil {
		return err
	}
	sampler := data.NewSampler(new(nn.Arena), d.Train, c.Seed)
	var all, one nn.Batch
	for i := range c.Train.Steps * c.Train.Accumulate {
		sampler.Batch(&one, i, c.Train.Batch)
		for s := range one.Sequences() {
			from, to := one.Starts[s], one.Starts[s+1]
			all.Append(one.Tokens[from:to], one.Targets[from:to])
		}
	}
	tensors := sequenceTensors(all)
	for _, a := range set.Adapters {
		name, factor := a.Base.Name+".lora_A.weight", a.A
		if a.ZeroA() {
			name, factor = a.Base.Name+".lora_B.weight", a.B
		}
		tensors = append(tensors, nn.Tensor{Name: name, Shape: []int{factor.Rows, factor.Cols}, Data: factor.Data})
	}
	return checkpoint.WriteTensors(file, tensors, checkpoint.F32, nil)
}

// sequenceTensors returns sequences end to end, and their lengths. A float32 is exact for
// every token and length.
func sequenceTensors(b nn.Batch) []nn.Tensor {
	tensor := func(name string, n int, at func(int) float32) nn.Tensor {
		t := nn.Tensor{Name: name, Shape: []int{n}, Data: make([]float32, n)}
		for i := range t.Data {
			t.Data[i] = at(i)
		}
		return t
	}
	return []nn.Tensor{
		tensor("tokens", len(b.Tokens), func(i int) float32 { return float32(b.Tokens[i]) }),
		tensor("targets", len(b.Targets), func(i int) float32 { return float32(b.Targets[i]) }),
		tensor("lengths", b.Sequences(), func(i int) float32 { return float32(b.Starts[i+1] - b.Starts[i]) }),
	}
}
