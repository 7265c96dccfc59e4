// Material writes what the runs of an embedded model's grid are trained on,
// so that another program can train the same: for each seed a safetensors
// file with the batches in the order that package train takes them, and every
// adapter's first A at the largest rank, of which a smaller one has the top
// rows; and the validation sequences.
//
//	sweep show EXPERIMENT --json | material DIR
package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"ranksweep/checkpoint"
	"ranksweep/data"
	"ranksweep/experiments"
	"ranksweep/lora"
	"ranksweep/models"
	"ranksweep/nn"
	"ranksweep/train"
)

func main() {
	if len(os.Args) != 2 {
		fmt.Fprintln(os.Stderr, "usage: sweep show EXPERIMENT --json | material DIR")
		os.Exit(2)
	}
	if err := hand(os.Stdin, os.Args[1]); err != nil {
		fmt.Fprintln(os.Stderr, "material:", err)
		os.Exit(1)
	}
}

// hand writes the material of a grid whose runs differ in rank, scaling and
// seed alone.
func hand(shown io.Reader, dir string) error {
	var grid struct {
		Runs []struct{ Config experiments.Config }
	}
	if err := json.NewDecoder(shown).Decode(&grid); err != nil {
		return err
	}
	if len(grid.Runs) == 0 {
		return errors.New("the grid has no runs")
	}
	largest := make(map[uint64]experiments.Config)
	for _, r := range grid.Runs {
		if r.Config.Adapter.Rank > largest[r.Config.Seed].Adapter.Rank {
			largest[r.Config.Seed] = r.Config
		}
	}
	c := grid.Runs[0].Config
	model, err := train.NewLocal(models.FS).Model(c.Model)
	if err != nil {
		return err
	}
	d, err := encode(c, model)
	if err != nil {
		return err
	}
	if err := checkpoint.Save(filepath.Join(dir, "model"), model, checkpoint.F32); err != nil {
		return err
	}
	var held nn.Batch
	data.Fill(&held, d.Val)
	if err := checkpoint.WriteTensors(filepath.Join(dir, "validation.safetensors"), tensorsOf(held), checkpoint.F32, nil); err != nil {
		return err
	}
	for seed, c := range largest {
		if err := writeSeed(filepath.Join(dir, fmt.Sprintf("seed-%d.safetensors", seed)), c, model.Model, d); err != nil {
			return err
		}
	}
	return nil
}

func encode(c experiments.Config, model *checkpoint.Checkpoint) (*data.Dataset, error) {
	corpus, err := data.Load(c.Data.Source)
	if err != nil {
		return nil, err
	}
	return data.Encode(corpus, model.Tokenizer, data.Settings{
		Loss: c.Data.Loss, EOS: c.Data.EOS, Packing: c.Data.Packing,
		Context: c.Train.Context, Validation: c.Data.Validation,
	})
}

func writeSeed(path string, c experiments.Config, m *nn.Model, d *data.Dataset) error {
	set, err := lora.Attach(m, lora.Config{
		Rank: c.Adapter.Rank, Gamma: c.Adapter.Gamma(), Tokens: 1,
		Init:    c.Adapter.Draw(),
		Targets: c.Adapter.Targets,
	}, c.Seed)
	if err != nil {
		return err
	}
	sampler := data.NewSampler(d.Train, c.Seed)
	var all, one nn.Batch
	for step := range c.Train.Steps {
		sampler.Batch(&one, step, c.Train.Batch)
		for s := range one.Sequences() {
			from, to := one.Starts[s], one.Starts[s+1]
			all.Append(one.Tokens[from:to], one.Targets[from:to])
		}
	}
	tensors := tensorsOf(all)
	for _, a := range set.Adapters {
		tensors = append(tensors, nn.Tensor{Name: a.Base.Name + ".lora_A.weight", Shape: []int{a.A.Rows, a.A.Cols}, Data: a.A.Data})
	}
	return checkpoint.WriteTensors(path, tensors, checkpoint.F32, nil)
}

// tensorsOf holds sequences end to end, with their lengths. A float32 holds
// every token and length.
func tensorsOf(b nn.Batch) []nn.Tensor {
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
