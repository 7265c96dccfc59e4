package external

import (
	"fmt"

	"ranksweep/data"
	"ranksweep/experiments"
	"ranksweep/lora"
	"ranksweep/nn"
	"ranksweep/train/arrays"
	"ranksweep/train/local"
)

// The names of the two factors of a map's adapter in files, after the map's name.
const (
	factorA   = ".lora_A.weight"
	factorB   = ".lora_B.weight"
	magnitude = ".lora_magnitude_vector.weight"
)

// dataArrays are the sequences that runs share.
func dataArrays(d *data.Dataset) arrays.Set {
	all := make(arrays.Set)
	addSequences(all, "train", d.Train)
	addSequences(all, "validation", d.Val)
	return all
}

// addSequences adds a set of sequences: their tokens and targets end to end, and where each
// starts and the last one ends.
func addSequences(all arrays.Set, set string, sequences []data.Sequence) {
	var b nn.Batch
	data.Fill(&b, sequences)
	for name, a := range map[string]arrays.Array{
		"tokens": arrays.Ints(b.Tokens), "targets": arrays.Ints(b.Targets), "starts": arrays.Ints(b.Starts),
	} {
		all[fmt.Sprintf("%s.%s", set, name)] = a
	}
}

// workArrays are what is a run's own: the order of its sequences, its schedule, what is
// measured when, the probe batch, and the factor that is drawn of each adapter.
func workArrays(w local.Work) arrays.Set {
	c := w.Config
	all := arrays.Set{
		"order": arrays.Ints(w.Order()), "schedule": arrays.Floats64(schedule(c)), "due": arrays.Ints(due(c)),
	}
	addSequences(all, "probe", w.Probe)
	if !c.Adapter.Ranked() {
		return all
	}
	draw, rank := c.Adapter.Draw(), c.Adapter.Rank
	for _, l := range w.Targets {
		name, rows, cols := factorName(draw, l, rank)
		all[name] = arrays.Floats32(rows, cols, func() []float32 { return draw.Drawn(rank, l, c.Seed).Data })
	}
	return all
}

// factorName returns the name and the shape of the factor that is drawn.
func factorName(draw lora.Init, l *nn.Linear, rank int) (name string, rows, cols int) {
	if draw.ZeroA {
		return l.Name + factorB, l.Out(), rank
	}
	return l.Name + factorA, rank, l.In()
}

// schedule returns the factor of the learning rates at every step.
func schedule(c experiments.Config) []float64 {
	factors, s := make([]float64, c.Train.Steps), c.Train.LRSchedule()
	for step := range factors {
		factors[step] = s.Factor(step)
	}
	return factors
}

// requestOf returns the message that asks for a run, without its files.
func requestOf(w local.Work) request {
	c := w.Config
	r, o := c.Rates(), c.Train.OptimizerConfig()
	m := request{
		Type: "train", Method: c.Adapter.Method, Rank: c.Adapter.Rank, Gamma: float64(float32(c.Adapter.Gamma())),
		Dropout: c.Adapter.Dropout, Precision: c.Train.Precision, Seed: c.Seed,
		Quantization: c.Train.Quantization, Attention: c.Train.Attention,
		GradientCheckpointing: c.Train.GradientCheckpointing, Deterministic: c.Train.Deterministic,
		Optimizer: optimizer{o.Name, o.Momentum, o.Beta1, o.Beta2, o.Eps, o.Damping, o.WeightDecay},
		Rates:     rates{A: r[nn.RoleA], B: r[nn.RoleB], Weight: r[nn.RoleWeight], Own: r[nn.RoleOwn]},
		Clip:      c.Train.Clip, Batch: c.Train.Batch, Accumulate: c.Train.Accumulate, Steps: c.Train.Steps,
	}
	for _, l := range w.Targets {
		m.Maps = append(m.Maps, l.Name)
	}
	return m
}
