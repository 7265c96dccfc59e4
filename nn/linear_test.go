package nn

import (
	"math/rand/v2"
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

// TestPackedMap has the same bytes as the map before packing, also if rows of its weights begin a power of two apart.
func TestPackedMap(t *testing.T) {
	defer blas32.Use(blas32.Implementation())
	check(t, kernel.Use())
	rng := rand.New(rand.NewPCG(7, 44))
	for _, out := range []int{1, 15, 512, 1024, 1025} {
		const tokens, in = 70, 30
		l := &Linear{Weight: NewMatrix(out, in)}
		x, y, packed := NewMatrix(tokens, in), NewMatrix(tokens, out), NewMatrix(tokens, out)
		fillNormal(l.Weight.Data, 1, rng)
		fillNormal(x.Data, 1, rng)
		l.Forward(y, x)
		l.pack()
		l.Forward(packed, x)
		if !slices.Equal(y.Data, packed.Data) {
			t.Errorf("%d outputs: packed, others", out)
		}
	}
}
