package main

import (
	"fmt"
	"math"
	"math/rand/v2"

	"ranksweep/lora"
	"ranksweep/nn"
	"ranksweep/nn/checkpoint"
)

const (
	vocabulary = 4096
	batchSize  = 8
	context    = 256
	batches    = 4 // which the steps take in turn
	alpha      = 16
	rate       = 1e-3
)

// work is what all runs share: a LLaMA of random weights and its batches.
type work struct {
	model   *nn.Model
	batches [batches]nn.Batch
}

func newWork() (*work, error) {
	m, err := nn.New(nn.Config{
		Vocab: vocabulary, Dim: 256, Layers: 6, Heads: 4, KVHeads: 4, HeadDim: 64, Hidden: 688,
		Context: context, NormEps: 1e-5, RopeTheta: 10000, TiedHead: true,
	})
	if err != nil {
		return nil, err
	}
	rng := rand.New(rand.NewPCG(1, 1))
	m.Init(rng)
	m.Pack() // as package sweep does
	w := &work{model: m}
	for i := range w.batches {
		for range batchSize {
			text := skewed(context+1, rng)
			w.batches[i].Append(text[:context], text[1:])
		}
	}
	return w, nil
}

// skewed draws tokens of which the small ones are the most frequent, so that
// there is something to learn and the losses of a wrong step give it away.
func skewed(n int, rng *rand.Rand) []int32 {
	tokens := make([]int32, n)
	for i := range tokens {
		tokens[i] = int32(vocabulary * math.Pow(rng.Float64(), 4))
	}
	return tokens
}

// gamma is α/√r: a step that matters at every rank.
func gamma(rank int) float64 { return alpha / math.Sqrt(float64(rank)) }

func (w *work) attach(rank int) (*lora.Set, error) {
	return lora.Attach(w.model, lora.Config{
		Rank: rank, Gamma: gamma(rank), Init: lora.Init{Kind: lora.KaimingUniform},
		Targets: []string{"all-linear"}, Tokens: batchSize * context,
	}, 1)
}

// write stores weights, every A, and tokens with their targets, all of them
// numbers that float32 holds; B is zero.
func (w *work) write(path string, rank int) error {
	set, err := w.attach(rank)
	if err != nil {
		return err
	}
	tensors := w.model.Tensors()
	for _, a := range set.Adapters {
		tensors = append(tensors, nn.Tensor{Name: a.Base.Name + ".lora_A.weight", Shape: []int{rank, a.Base.In()}, Data: a.A.Data})
	}
	var tokens, targets []float32
	for i := range w.batches {
		tokens = append(tokens, floats(w.batches[i].Tokens)...)
		targets = append(targets, floats(w.batches[i].Targets)...)
	}
	shape := []int{batches, batchSize, context}
	tensors = append(tensors, nn.Tensor{Name: "tokens", Shape: shape, Data: tokens}, nn.Tensor{Name: "targets", Shape: shape, Data: targets})
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
