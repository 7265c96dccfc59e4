package nn

import (
	"math"
	"slices"
	"testing"

	"ranksweep/nn/kernel"
)

// TestBF16RoundsMatricesAlone: every matrix is rounded, and norms stay as they are.
func TestBF16RoundsMatricesAlone(t *testing.T) {
	for _, tied := range []bool{false, true} {
		before, m := smallModel(t, tied).Tensors(), smallModel(t, tied)
		m.BF16()
		for i, tensor := range m.Tensors() {
			want := slices.Clone(before[i].Data)
			if len(tensor.Shape) == 2 {
				kernel.RoundBF16(want)
				if slices.Equal(want, before[i].Data) {
					t.Errorf("%s: nothing was there to round", tensor.Name)
				}
			}
			if !slices.Equal(tensor.Data, want) {
				t.Errorf("%s is not as it should be", tensor.Name)
			}
		}
	}
}

// TestBF16ModelIsCloseToFloat32: loss and gradients equal those of the same weights in
// float32, up to the rounding of the factors of products, at most 2⁻⁹ of each factor.
func TestBF16ModelIsCloseToFloat32(t *testing.T) {
	m := smallModel(t, true)
	b := smallBatch(m.Config)
	m.BF16()
	rounded := m.Clone() // its maps are in float32
	gradient := func(m *Model) (float64, []float32) {
		p, err := NewFullPass(m, 20)
		check(t, err)
		loss, err := p.Gradient(b, 1)
		check(t, err)
		return loss, gradients(p.Params())
	}
	loss, g := gradient(m)
	wantLoss, want := gradient(rounded)
	if off := math.Abs(loss/wantLoss - 1); off == 0 || off > 0x1p-7 {
		t.Errorf("loss %g, in float32 %g", loss, wantLoss)
	}
	var square, size float64
	for i := range g {
		square += math.Pow(float64(g[i]-want[i]), 2)
		size += math.Pow(float64(want[i]), 2)
	}
	if off := math.Sqrt(square / size); off == 0 || off > 0x1p-6 {
		t.Errorf("the gradient is off by %g of its norm", off)
	}
}

// TestChangedBF16MapIsOfFloat32: a map whose weights changed computes with the new weights, in
// float32.
func TestChangedBF16MapIsOfFloat32(t *testing.T) {
	m := smallModel(t, false)
	m.BF16()
	l := m.Blocks[0].QKV[0]
	x, y := NewMatrix(1, l.In()), NewMatrix(1, l.Out())
	x.Data[0] = 1
	l.Weight.Data[0] = 1 + 0x1p-20
	if l.Forward(y, x); y.Data[0] == l.Weight.Data[0] {
		t.Error("the map in bfloat16 reads the changed weight")
	}
	l.Changed()
	if l.Forward(y, x); l.BF16() || y.Data[0] != l.Weight.Data[0] {
		t.Errorf("the changed map makes %g of 1, want %g", y.Data[0], l.Weight.Data[0])
	}
}
