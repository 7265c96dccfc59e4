package nn

import (
	"testing"

	"ranksweep/nn/heaptest"
	"ranksweep/nn/kernel/kerneltest"
)

// TestPassAllocatesNothing on any kernel, whatever a model has in its blocks and its head, and if all weights train.
func TestPassAllocatesNothing(t *testing.T) {
	kerneltest.Each(t, func(t *testing.T) {
		for name, c := range variantConfigs() {
			m := variantModel(t, c)
			maps := make(map[string]Map)
			for _, l := range m.Linears() {
				maps[l.Name] = NewFullMap(new(Arena), l)
			}
			p, err := NewPass(m, 20, maps)
			check(t, err)
			passAllocatesNothing(t, name, p)
		}
		p, err := NewFullPass(smallModel(t, false), 20)
		check(t, err)
		passAllocatesNothing(t, "all weights", p)
	})
}

func passAllocatesNothing(t *testing.T, name string, p *Pass) {
	t.Helper()
	const calls = 10
	b := smallBatch(p.model.Config)
	n := heaptest.Allocations(calls, func() {
		_, err := p.Gradient(b, 1)
		check(t, err)
		_, err = p.Loss(b)
		check(t, err)
	})
	if n > 0 {
		t.Errorf("%s: %d allocations in %d passes", name, n, calls)
	}
}
