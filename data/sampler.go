package data

import (
	"math/rand/v2"

	"ranksweep/nn"
)

// Sampler draws batches of sequences in random order, each sequence once per epoch. A batch
// depends only on the seed and the step. If an epoch ends within a batch, the next one
// begins there.
//
// A Sampler is for one goroutine. Several samplers may share the sequences.
type Sampler struct {
	sequences []Sequence
	seed      uint64
	epoch     uint64 // the epoch of order
	order     []int
	from      rand.PCG
	rng       *rand.Rand // draws from from, which begins anew in each epoch
}

// NewSampler returns a sampler. It panics if there are no sequences. The sampler's order
// comes from the arena; if the arena only counts, the sampler can draw no batch.
func NewSampler(arena *nn.Arena, sequences []Sequence, seed uint64) *Sampler {
	if len(sequences) == 0 {
		panic("data: a sampler needs at least one sequence")
	}
	s := &Sampler{sequences: sequences, seed: seed, order: nn.Make[int](arena, len(sequences))}
	s.rng = rand.New(&s.from)
	s.shuffle(0)
	return s
}

// Batch fills dst with the batch of a step, which has size sequences. Steps are counted from
// 0. The size must be the same at all steps.
func (s *Sampler) Batch(dst *nn.Batch, step, size int) {
	dst.Reset()
	for i := step * size; i < (step+1)*size; i++ {
		s.sequences[s.at(i)].AppendTo(dst)
	}
}

// Order appends the places of the sequences that the batch of a step has, see [Sampler.Batch].
func (s *Sampler) Order(dst []int, step, size int) []int {
	for i := step * size; i < (step+1)*size; i++ {
		dst = append(dst, s.at(i))
	}
	return dst
}

// at returns the place of the sequence that is drawn i-th.
func (s *Sampler) at(i int) int {
	if epoch := uint64(i / len(s.order)); epoch != s.epoch {
		s.shuffle(epoch)
	}
	return s.order[i%len(s.order)]
}

func (s *Sampler) shuffle(epoch uint64) {
	s.epoch = epoch
	for i := range s.order {
		s.order[i] = i
	}
	s.from.Seed(s.seed, epoch)
	s.rng.Shuffle(len(s.order), func(i, j int) {
		s.order[i], s.order[j] = s.order[j], s.order[i]
	})
}

// Fill fills dst with the given sequences, in order.
func Fill(dst *nn.Batch, sequences []Sequence) {
	dst.Reset()
	for _, q := range sequences {
		q.AppendTo(dst)
	}
}
