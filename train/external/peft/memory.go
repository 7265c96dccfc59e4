package peft

import (
	"ranksweep/data"
	"ranksweep/experiments"
	"ranksweep/nn"
	"ranksweep/train/external"
	"ranksweep/train/local"
)

// started is what a process takes before it has a model: Python with its libraries, or a GPU's
// context.
const started = 750 << 20

// held is how much memory a CPU's process holds for each byte that a pass needs: the C library
// keeps what was freed, and arrays of other sizes do not fit into its gaps. From 1.5 to 2.3 was
// measured; of a GPU nothing yet.
const held = 2.5

// bits are what a frozen weight takes: of linear maps under a quantization, with its share of the
// scales, and of everything else under a precision.
var (
	quantizedBits = map[string]float64{"int8": 8.1, "nf4": 4.5, "nf4-double": 4.13, "fp4": 4.5}
	halfBits      = map[string]bool{
		experiments.BF16Precision: true, experiments.BF16WeightsPrecision: true, experiments.FP16Precision: true,
	}
)

// memory estimates the bytes that a process takes for a run, its base model included: from
// above for LLaMA's blocks as transformers and PEFT compute them. TestMemory holds it to what is
// used.
func memory(w local.Work, device string) int64 {
	e := estimate{work: w, model: w.Model.Config, train: w.Config.Train}
	pass := e.pass()
	if device == external.CPU {
		pass *= held
	}
	return started + int64(e.base()+e.trained()+pass)
}

// estimate has the parts of the memory, in bytes.
type estimate struct {
	work  local.Work
	model nn.Config
	train experiments.Train
}

// half reports whether a number of the frozen model has 16 bits.
func (e estimate) half() bool { return halfBits[e.train.Precision] }

// width is the size of a frozen weight, and of what is computed from it.
func (e estimate) width() float64 {
	if e.half() {
		return 2
	}
	return 4
}

// base is the model.
func (e estimate) base() float64 {
	all, linear := 0.0, 0.0
	for _, t := range e.work.Model.Tensors() {
		n := 1.0
		for _, side := range t.Shape {
			n *= float64(side)
		}
		all += n
	}
	for _, l := range e.work.Model.Linears() {
		linear += float64(l.In()) * float64(l.Out())
	}
	if bits, ok := quantizedBits[e.train.Quantization]; ok {
		return (all-linear)*e.width() + linear*bits/8
	}
	return all * e.width()
}

// moments are the copies of what trains that an optimizer keeps.
func (e estimate) moments() float64 {
	switch {
	case e.train.Optimizer == "adamw":
		return 2
	case e.train.Optimizer == "scaled-adamw":
		return 3 // and the gradients as they are divided
	case e.train.Optimizer == "lora-rite":
		return 10 // two, and what a step computes, in float64
	case e.train.Optimizer == "lora-muon":
		return 8 // one, and what a step computes, in float64
	case e.train.Optimizer == "adafactor", e.train.Optimizer == "sgd" && e.train.Momentum == 0:
		return 0
	case e.train.Optimizer == "scaled-sgd" && e.train.Momentum > 0:
		return 2
	}
	return 1
}

// trained is what trains, its first values, its gradient and the optimizer's moments, in float32,
// and what the largest map needs while it is measured.
func (e estimate) trained() float64 {
	entries, largest := 0.0, 0.0
	a := e.work.Config.Adapter
	for _, l := range e.work.Targets {
		in, out := float64(l.In()), float64(l.Out())
		n := float64(a.Rank) * (in + out)
		if !a.Ranked() {
			n = in * out
		}
		entries += n
		if a.Method != "lora" {
			n = 3 * in * out // the whole map, and two of its size
		}
		largest = max(largest, n)
	}
	return 4 * (entries*(3+e.moments()) + 2*largest)
}

// pass is what a pass forward keeps for the way back, and the logits.
func (e estimate) pass() float64 {
	longest := longest(e.work.Data)
	tokens := float64(e.train.Batch * longest)
	layer := e.layer() + e.scores(longest)
	kept := float64(e.model.Layers) * layer
	if e.train.GradientCheckpointing {
		kept = layer + (float64(e.model.Layers*e.model.Dim)+e.outputs())*e.width()
	}
	return tokens * (kept + float64(e.model.Vocab)*(2*e.width()+8))
}

// outputs are the numbers that adapted maps give for a token, which the probe keeps.
func (e estimate) outputs() (n float64) {
	for _, l := range e.work.Targets {
		n += float64(l.Out())
	}
	return n
}

// layer is what a block keeps for a token: the inputs of its two norms and of its maps, q, k, v,
// what attention gives, and the gated values; in 16 bits also the norms' inputs in float32. An
// adapter keeps its input where that has another width, and xAᵀ; DoRA the map's output twice.
func (e estimate) layer() float64 {
	m, a := e.model, e.work.Config.Adapter
	n := (8*float64(m.Dim) + 4*float64(m.Hidden)) * e.width()
	if e.half() {
		n += 16 * float64(m.Dim)
	}
	adapters := 0.0
	for _, l := range e.work.Targets {
		adapters += float64(a.Rank) * 4
		switch {
		case e.train.Precision == experiments.BF16WeightsPrecision:
			adapters += 4 * float64(l.In())
		case e.train.Precision != experiments.Float32Precision && e.train.Precision != experiments.TF32Precision:
			adapters += 2 * float64(l.In())
		}
		if a.Method == "dora" {
			adapters += 8 * float64(l.Out())
		}
	}
	return n + adapters/float64(m.Layers)
}

// scores is what attention keeps for a token where it forms its matrix: each score before and
// after the softmax.
func (e estimate) scores(longest int) float64 {
	if e.train.Attention != "eager" {
		return 0
	}
	return float64(e.model.Heads*longest) * (4 + e.width())
}

// longest is the length of the longest sequence, in tokens.
func longest(d *data.Dataset) (n int) {
	for _, set := range [][]data.Sequence{d.Train, d.Val} {
		for _, s := range set {
			n = max(n, s.Len())
		}
	}
	return n
}
