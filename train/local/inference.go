package local

import (
	"context"
	"fmt"
	"math"
	"math/rand/v2"
	"time"

	"ranksweep/lora"
	"ranksweep/nn"
	"ranksweep/paper/number"
	"ranksweep/results"
)

// Inference is timed on this batch, with rsLoRA's adapters on all linear maps. Their B is
// drawn, since a trained B is no faster.
const (
	inferenceSequences = 2
	inferenceTokens    = 256 // of each sequence, or the model's context if that is shorter
	inferenceAlpha     = 16
)

// TimeInference times how long m takes to score a batch of random tokens: without adapter,
// with an adapter of each rank merged into its weights, and with that adapter factored,
// beside them.
//
// Every round times each of these once, so that other work on the machine slows all of them
// equally. Each scores the batch once untimed right before, so that its weights are in the
// cache. Otherwise the base would find its weights there, left by the factored adapter
// before it, and a merged model would not.
//
// It is an error if a merged model and the factored adapter do not compute the same.
func TimeInference(ctx context.Context, m *nn.Model, ranks []int, rounds int) ([]results.Inference, error) {
	b := inferenceBatch(m.Config)
	pass, err := nn.NewPass(m, len(b.Tokens), nil)
	if err != nil {
		return nil, err
	}
	models := []placed{{results.Base, 0, pass}}
	for _, rank := range ranks {
		merged, factored, err := placements(m, rank, len(b.Tokens))
		if err != nil {
			return nil, err
		}
		if err := sameLoss(merged, factored, &b); err != nil {
			return nil, fmt.Errorf("local: rank %d: %w", rank, err)
		}
		models = append(models, placed{results.Merged, rank, merged}, placed{results.Attached, rank, factored})
	}
	var timings []results.Inference
	for round := range rounds {
		for _, p := range models {
			if err := ctx.Err(); err != nil {
				return nil, err
			}
			if _, err := p.pass.Loss(&b); err != nil {
				return nil, err
			}
			started := time.Now()
			if _, err := p.pass.Loss(&b); err != nil {
				return nil, err
			}
			timings = append(timings, results.Inference{Placement: p.placement, Rank: p.rank, Round: round,
				Seconds: time.Since(started).Seconds()})
		}
	}
	return timings, nil
}

// placed is a model with its adapter in one placement.
type placed struct {
	placement results.Placement
	rank      int
	pass      *nn.Pass
}

func inferenceBatch(c nn.Config) (b nn.Batch) {
	rng := rand.New(rand.NewPCG(0, 0))
	for range inferenceSequences {
		tokens := make([]int32, min(inferenceTokens, c.Context)+1)
		for i := range tokens {
			tokens[i] = rng.Int32N(int32(c.Vocab))
		}
		b.Append(tokens[:len(tokens)-1], tokens[1:])
	}
	return b
}

// placements returns m with one adapter, merged and factored.
func placements(m *nn.Model, rank, tokens int) (merged, factored *nn.Pass, err error) {
	set, err := lora.Attach(m, lora.Config{
		Rank: rank, Gamma: lora.Scheme{P: 0.5}.Gamma(inferenceAlpha, rank),
		Init: lora.Init{Kind: lora.KaimingUniform}, Targets: []string{"all-linear"}, Tokens: tokens,
		Dropout: 0.5, // forces the factored form; nothing is dropped in mode Eval
	}, 0)
	if err != nil {
		return nil, nil, err
	}
	set.SetMode(lora.Eval)
	rng := rand.New(rand.NewPCG(0, 0))
	for _, a := range set.Adapters {
		for i := range a.B.Data {
			a.B.Data[i] = 1e-3 * float32(rng.NormFloat64())
		}
	}
	model := m.Clone()
	if err := set.Merge(model); err != nil {
		return nil, nil, err
	}
	if merged, err = nn.NewPass(model, tokens, nil); err == nil {
		factored, err = nn.NewPass(m, tokens, set.Maps())
	}
	return merged, factored, err
}

// mergeTolerance is the largest relative difference between the losses of a merged and a
// factored adapter: a hundred roundings of float32, for sums over the widths of maps.
const mergeTolerance = 1e-5

func sameLoss(merged, factored *nn.Pass, b *nn.Batch) error {
	x, err := merged.Loss(b)
	if err != nil {
		return err
	}
	y, err := factored.Loss(b)
	if err != nil {
		return err
	}
	if !(math.Abs(x-y) <= mergeTolerance*math.Abs(y)) {
		return fmt.Errorf("the merged model has loss %s and the factored adapter %s: must differ by at most %s of "+
			"it", number.Full(x), number.Full(y), number.Brief(mergeTolerance))
	}
	return nil
}
