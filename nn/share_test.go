package nn

import (
	"slices"
	"sync"
	"testing"

	"ranksweep/nn/heaptest"
	"ranksweep/nn/kernel"
)

// sharing has so many goroutines help until the test ends, also with the smallest work.
func sharing(t *testing.T, helpers int) {
	least := leastShared
	leastShared = 1
	done := make(chan struct{})
	var all sync.WaitGroup
	for range helpers {
		all.Go(func() { kernel.Help(done) })
	}
	t.Cleanup(func() {
		close(done)
		all.Wait()
		leastShared = least
	})
}

// sharedCase is a model and the maps of it that train.
type sharedCase struct {
	name string
	pass func(t *testing.T) *Pass
}

// sharedCases are all architectures, stored weights, and a model whose weights all train.
func sharedCases() []sharedCase {
	cases := []sharedCase{
		{"stored", func(t *testing.T) *Pass {
			plain, stored := storedModel(t, false)
			l := plain.Blocks[0].QKV[0]
			p, err := NewPass(stored, 20, map[string]Map{l.Name: NewFullMap(new(Arena), l)})
			check(t, err)
			return p
		}},
		{"all weights", func(t *testing.T) *Pass {
			p, err := NewFullPass(smallModel(t, false), 20)
			check(t, err)
			return p
		}},
	}
	for name, c := range variantConfigs() {
		cases = append(cases, sharedCase{name, func(t *testing.T) *Pass {
			m := variantModel(t, c)
			maps := make(map[string]Map)
			for _, l := range m.Linears() {
				maps[l.Name] = NewFullMap(new(Arena), l)
			}
			p, err := NewPass(m, 20, maps)
			check(t, err)
			return p
		}})
	}
	return cases
}

// trained returns losses, gradients and values of some steps.
func (c sharedCase) trained(t *testing.T) (all []float32) {
	p := c.pass(t)
	b, params := smallBatch(p.model.Config), p.Params()
	config, err := DefaultOptimizer("adamw")
	check(t, err)
	o, err := NewOptimizer(config, params)
	check(t, err)
	for range 4 {
		p.ClearGradients(params)
		loss, err := p.Gradient(b, 1)
		check(t, err)
		all = append(all, float32(loss))
		for _, q := range params {
			all = append(all, q.Grad...)
		}
		o.Step(UniformRate(1e-3))
	}
	return append(all, values(params)...)
}

// TestSharedPassGivesTheSameBytes on one to four cores, in everything that a pass and AdamW share.
func TestSharedPassGivesTheSameBytes(t *testing.T) {
	useKernel(t)
	for _, c := range sharedCases() {
		t.Run(c.name, func(t *testing.T) {
			alone := c.trained(t)
			for helpers := 1; helpers <= 3; helpers++ {
				t.Run("", func(t *testing.T) {
					sharing(t, helpers)
					if !slices.Equal(c.trained(t), alone) {
						t.Errorf("with %d helpers other bytes than alone", helpers)
					}
				})
			}
		})
	}
}

// TestSharedPassAllocatesNothing once each core has memory of its own.
func TestSharedPassAllocatesNothing(t *testing.T) {
	useKernel(t)
	sharing(t, 2)
	p, err := NewPass(variantModel(t, variantConfigs()["gemma2"]), 20, nil)
	check(t, err)
	b := smallBatch(p.model.Config)
	for range 50 { // all cores at once, at some time
		_, err := p.Loss(b)
		check(t, err)
	}
	if n := heaptest.Allocations(20, func() {
		_, err := p.Loss(b)
		check(t, err)
	}); n != 0 {
		t.Errorf("%d allocations in 20 passes", n)
	}
}

func TestRowsOf(t *testing.T) {
	for _, cols := range []int{1, 7, 512, leastShared, leastShared + 1} {
		if n := rowsOf(cols); n < 1 || n*cols < leastShared || n > 1 && (n-1)*cols >= leastShared {
			t.Errorf("%d rows of %d columns are shared", n, cols)
		}
	}
}
