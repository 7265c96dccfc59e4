package nn

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"gonum.org/v1/gonum/blas/blas32"

	"ranksweep/nn/heaptest"
	"ranksweep/nn/kernel"
)

// halfRows stores only the upper halves of float32 values.
type halfRows struct {
	bits []uint16
	cols int
}

func (h halfRows) Rows(dst []float32, first, n int) {
	for i := range n * h.cols {
		dst[i] = math.Float32frombits(uint32(h.bits[first*h.cols+i]) << 16)
	}
}

// store cuts values off so that halfRows can hold them.
func store(m blas32.General) halfRows {
	h := halfRows{cols: m.Cols}
	for i, v := range m.Data {
		bits := math.Float32bits(v) >> 16
		h.bits = append(h.bits, uint16(bits))
		m.Data[i] = math.Float32frombits(bits << 16)
	}
	return h
}

// TestStoredWeightsGiveTheSameBytes: the shapes are just below, at and above the number of rows
// that are expanded to float32 at a time.
func TestStoredWeightsGiveTheSameBytes(t *testing.T) {
	defer blas32.Use(blas32.Implementation())
	check(t, kernel.Use())
	rng := rand.New(rand.NewPCG(3, 4))
	for _, out := range []int{1, 31, 255, 256, 257, 512, 700} {
		for _, in := range []int{1, 7, 64, 300} {
			for _, n := range []int{1, 5, 33} {
				plain := &Linear{Weight: random(out, in, rng), Bias: random(1, out, rng).Data}
				stored := &Linear{Weight: plain.Weight, Bias: plain.Bias, Stored: store(plain.Weight)}
				stored.Weight.Data = nil
				x, dy := random(n, in, rng), random(n, out, rng)
				y, dx := random(n, out, rng), random(n, in, rng)
				gotY, gotDX := NewMatrix(n, out), NewMatrix(n, in)
				copy(gotDX.Data, dx.Data)
				plain.Forward(y, x)
				plain.Backward(dx, dy)
				stored.Forward(gotY, x)
				stored.Backward(gotDX, dy)
				name := fmt.Sprintf("%d×%d, %d rows", out, in, n)
				if !slices.Equal(gotY.Data, y.Data) {
					t.Errorf("%s: other outputs", name)
				}
				if !slices.Equal(gotDX.Data, dx.Data) {
					t.Errorf("%s: other gradients", name)
				}
				plain.pack()
				plain.Forward(y, x)
				if !slices.Equal(gotY.Data, y.Data) {
					t.Errorf("%s: other outputs than packed", name)
				}
			}
		}
	}
}

// storedModel returns a model, and the same model with stored matrices.
func storedModel(t *testing.T, tied bool) (plain, stored *Model) {
	plain = smallModel(t, tied)
	all := append(plain.Linears(), plain.Head)
	rows := store(plain.Embedding)
	var forms []Stored
	for _, l := range all {
		forms = append(forms, store(l.Weight))
	}
	stored = plain.Clone()
	stored.Embedding.Data, stored.Stored = nil, rows
	for i, l := range append(stored.Linears(), stored.Head) {
		l.Weight.Data, l.Stored = nil, forms[i]
	}
	return plain, stored
}

func TestStoredModel(t *testing.T) {
	defer blas32.Use(blas32.Implementation())
	check(t, kernel.Use())
	for _, tied := range []bool{true, false} {
		plain, stored := storedModel(t, tied)
		b := smallBatch(plain.Config)
		gradient := func(m *Model) (float64, []float32) {
			l := m.Blocks[0].QKV[0]
			trained := NewFullMap(new(Arena), &Linear{Name: l.Name, Weight: plain.Blocks[0].QKV[0].Weight})
			p, err := NewPass(m, len(b.Tokens), map[string]Map{l.Name: trained})
			check(t, err)
			loss, err := p.Gradient(b, 1)
			check(t, err)
			return loss, trained.grad.Data
		}
		loss, grad := gradient(plain)
		gotLoss, gotGrad := gradient(stored)
		if loss != gotLoss || !slices.Equal(grad, gotGrad) {
			t.Errorf("tied=%v: loss %g and its gradient, want %g", tied, gotLoss, loss)
		}
		for i, have := range stored.Clone().Tensors() {
			if want := plain.Tensors()[i]; !slices.Equal(have.Data, want.Data) {
				t.Errorf("tied=%v: the clone has another %s", tied, want.Name)
			}
		}
		if _, err := NewFullPass(stored, 4); err == nil {
			t.Error("stored weights are trained")
		}
		stored.Pack() // packs no stored map
		if stored.Head.packed.Rows > 0 {
			t.Error("stored weights are packed")
		}
	}
}

// The scratch for rows that are expanded to float32 is counted, and allocated once.
func TestStoredScratch(t *testing.T) {
	plain, stored := storedModel(t, false)
	var none, some Arena
	plain.ReserveScratch(&none)
	stored.ReserveScratch(&some)
	if none.Bytes != 0 {
		t.Errorf("%d bytes for float32 weights", none.Bytes)
	}
	b := smallBatch(stored.Config)
	p, err := NewPass(stored, len(b.Tokens), nil)
	check(t, err)
	scratches.list = nil
	loss := func() {
		_, err := p.Loss(b)
		check(t, err)
	}
	loss()
	if len(scratches.list) != 1 || 4*int64(cap(scratches.list[0].data)) != some.Bytes {
		t.Errorf("%d scratches of %d floats, %d bytes counted", len(scratches.list), cap(scratches.list[0].data),
			some.Bytes)
	}
	if n := heaptest.Allocations(3, loss); n > 0 {
		t.Errorf("%d allocations in some passes", n)
	}
}
