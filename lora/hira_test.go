package lora

import (
	"slices"
	"testing"

	"ranksweep/nn"
	"ranksweep/nn/nntest"
)

func naiveHiRA(_ Config, m *sumMap, i, j int) float64 {
	h := m.addend.(*modulation)
	return float64(h.base.Weight.Data[i*h.base.Weight.Stride+j]) * h.entry(i, j)
}

// TestHiRABegins: A is that of a fresh LoRA adapter, of every kind, and B is zero.
func TestHiRABegins(t *testing.T) {
	m := nntest.Model(t)
	for _, kind := range InitKinds {
		c := testConfig(5)
		c.Init.Kind = kind
		s, err := hiRA{}.Attach(new(nn.Arena), m, c, 7)
		check(t, err)
		plain, err := Attach(m, c, 7)
		check(t, err)
		for i, a := range s.Trainables {
			h := a.(*sumMap).addend.(*modulation)
			checkLargest(t, h.left.Param, 0)
			if !slices.Equal(h.right.Value, plain.Adapters[i].A.Data) {
				t.Errorf("%s: %s begins with another A than LoRA", kind, h.base.Name)
			}
		}
	}
}
