package pretrain

import (
	"errors"
	"sync"

	"ranksweep/nn"
	"ranksweep/nn/kernel"
)

// shards computes a batch's gradient in parts, each in a goroutine, and adds them up in the
// order of the parts, so that the sum has the same bytes on any number of cores.
type shards struct {
	passes  []*nn.Pass
	params  [][]nn.Param // the parameters of each pass; all passes share the model's values
	batches []nn.Batch
}

func newShards(m *nn.Model, count, tokens int) (*shards, error) {
	s := &shards{batches: make([]nn.Batch, count)}
	for range count {
		p, err := nn.NewFullPass(m, tokens)
		if err != nil {
			return nil, err
		}
		s.passes = append(s.passes, p)
		s.params = append(s.params, p.Params())
	}
	return s, nil
}

// gradient computes the mean loss over all batches, which it returns, and its gradient, which it
// leaves in the first shard's parameters.
func (s *shards) gradient() (float64, error) {
	scored := 0
	for i := range s.batches {
		scored += s.batches[i].Scored()
	}
	sum, err := s.each(func(i int) (float64, error) {
		for _, q := range s.params[i] {
			clear(q.Grad)
		}
		return s.passes[i].Gradient(&s.batches[i], 1/float32(scored))
	})
	for _, part := range s.params[1:] {
		for i, q := range part {
			kernel.Add(s.params[0][i].Grad, q.Grad)
		}
	}
	return sum / float64(scored), err
}

// loss returns the summed loss of batches in nats.
func (s *shards) loss(batches []nn.Batch) (sum float64, err error) {
	for len(batches) > 0 {
		n := min(len(s.passes), len(batches))
		part, err := s.each(func(i int) (float64, error) {
			if i >= n {
				return 0, nil
			}
			return s.passes[i].Loss(&batches[i])
		})
		if err != nil {
			return 0, err
		}
		sum += part
		batches = batches[n:]
	}
	return sum, nil
}

// each calls f for all shards at once, and adds up the results in order.
func (s *shards) each(f func(i int) (float64, error)) (float64, error) {
	values, errs := make([]float64, len(s.passes)), make([]error, len(s.passes))
	var all sync.WaitGroup
	for i := range s.passes {
		all.Go(func() { values[i], errs[i] = f(i) })
	}
	all.Wait()
	var sum float64
	for _, v := range values {
		sum += v
	}
	return sum, errors.Join(errs...)
}
