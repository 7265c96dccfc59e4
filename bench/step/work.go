package main

import (
	"fmt"
	"math"
	"math/rand/v2"

	"ranksweep/checkpoint"
	"ranksweep/lora"
	"ranksweep/nn"
)

const (
	context = 256
	batches = 4 // number of batches; steps take them in turn
	alpha   = 16
	rate    = 1e-3
)

// work is shared by all runs: a model and its batches.
type work struct {
	model   *nn.Model
	size    int // sequences per batch
	batches [batches]nn.Batch
}

// newRandomWork returns work with a LLaMA of random weights, packed or in bfloat16, as in package
// train.
func newRandomWork(bf16 bool) (*work, error) {
	m, err := nn.New(nn.Config{
		Vocab: 4096, Dim: 256, Layers: 6, Heads: 4, KVHeads: 4, HeadDim: 64, Hidden: 688,
		Context: context, NormEps: 1e-5, RopeTheta: 10000, TiedHead: true,
	})
	if err != nil {
		return nil, err
	}
	rng := rand.New(rand.NewPCG(1, 1))
	m.Init(rng)
	if bf16 {
		m.BF16()
	} else {
		m.Pack()
	}
	return newWork(m, 8, rng), nil
}

// newModelWork returns work with the model of a folder or GGUF file. Its weights are in float32 in
// both orders, as in package local, or in their stored form.
func newModelWork(path string, stored bool) (*work, error) {
	load := checkpoint.Load
	if stored {
		load = checkpoint.LoadStored
	}
	c, err := load(path)
	if err != nil {
		return nil, err
	}
	if !stored {
		c.Model.Pack()
	}
	return newWork(c.Model, 2, rand.New(rand.NewPCG(1, 1))), nil
}

func newWork(m *nn.Model, size int, rng *rand.Rand) *work {
	w := &work{model: m, size: size}
	for i := range w.batches {
		for range size {
			text := skewed(context+1, m.Config.Vocab, rng)
			w.batches[i].Append(text[:context], text[1:])
		}
	}
	return w
}

// tokens returns the number of tokens in a step.
func (w *work) tokens() int { return w.size * context }

// skewed draws tokens; small ones are the most frequent. So there is something to learn, and a
// wrong step shows in the losses.
func skewed(n, vocabulary int, rng *rand.Rand) []int32 {
	tokens := make([]int32, n)
	for i := range tokens {
		tokens[i] = int32(float64(vocabulary) * math.Pow(rng.Float64(), 4))
	}
	return tokens
}

// gamma returns α/√r, so that a step has an effect at every rank.
func gamma(rank int) float64 { return alpha / math.Sqrt(float64(rank)) }

func (w *work) attach(rank int) (*lora.Set, error) {
	return lora.Attach(w.model, lora.Config{
		Rank: rank, Gamma: gamma(rank), Init: lora.Init{Kind: lora.KaimingUniform},
		Targets: []string{"all-linear"}, Tokens: w.tokens(),
	}, 1)
}

// write stores every A, the tokens with their targets and, if asked, the weights. All numbers are
// exact in float32. B is zero and is not stored.
func (w *work) write(path string, rank int, weights bool) error {
	set, err := w.attach(rank)
	if err != nil {
		return err
	}
	var tensors []nn.Tensor
	if weights {
		tensors = w.model.Tensors()
	}
	for _, a := range set.Adapters {
		tensors = append(tensors, nn.Tensor{Name: a.Base.Name + ".lora_A.weight", Shape: []int{rank, a.Base.In()},
			Data: a.A.Data})
	}
	var tokens, targets []float32
	for i := range w.batches {
		tokens = append(tokens, floats(w.batches[i].Tokens)...)
		targets = append(targets, floats(w.batches[i].Targets)...)
	}
	shape := []int{batches, w.size, context}
	tensors = append(tensors, nn.Tensor{Name: "tokens", Shape: shape, Data: tokens},
		nn.Tensor{Name: "targets", Shape: shape, Data: targets})
	return checkpoint.WriteTensors(path, tensors, checkpoint.F32, map[string]string{
		"gamma": fmt.Sprint(gamma(rank)), "lr": fmt.Sprint(rate),
	})
}

func floats(x []int32) []float32 {
	y := make([]float32, len(x))
	for i, v := range x {
		y[i] = float32(v)
	}
	return y
}
