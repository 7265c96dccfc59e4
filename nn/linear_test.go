package nn

import (
	"slices"
	"testing"

	"gonum.org/v1/gonum/blas/blas32"

	"ranksweep/nn/kernel"
)

// TestPackedModelGivesTheSameBytes: a packed model computes the same bytes as before packing.
// After Changed it uses the changed weights.
func TestPackedModelGivesTheSameBytes(t *testing.T) {
	defer blas32.Use(blas32.Implementation())
	check(t, kernel.Use())
	m := smallModel(t, true)
	b := smallBatch(m.Config)
	logits := func() []float32 {
		p, err := NewPass(m, len(b.Tokens), nil)
		check(t, err)
		l, err := p.Logits(b)
		check(t, err)
		return l.Data
	}
	plain := logits()
	m.Pack()
	if !slices.Equal(logits(), plain) {
		t.Error("packed, other logits")
	}
	l := m.Blocks[0].Down
	for i := range l.Weight.Data {
		l.Weight.Data[i] *= 2
	}
	if !slices.Equal(logits(), plain) {
		t.Error("packed weights are not what is read")
	}
	l.Changed()
	if slices.Equal(logits(), plain) {
		t.Error("changed weights give the logits of the old ones")
	}
}
