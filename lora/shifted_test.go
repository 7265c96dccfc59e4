package lora

import (
	"math"
	"strings"
	"testing"

	"gonum.org/v1/gonum/blas/blas32"

	"ranksweep/nn"
	"ranksweep/nn/kernel"
	"ranksweep/nn/nntest"
)

func naiveShifted(c Config, m *sumMap, i, j int) float64 {
	s := m.addend.(*shifted)
	return c.Gamma * (s.now.entry(i, j) - s.begun.entry(i, j))
}

// begun returns γB₀A₀ of a map, and B₀ and A₀.
func begun(t *testing.T, method Method, m *nn.Model, c Config, k int) (l *nn.Linear, sum blas32.General, p product) {
	t.Helper()
	s, err := method.Attach(new(nn.Arena), m, c, 7)
	check(t, err)
	d := s.Trainables[k].(*sumMap).addend.(*shifted)
	sum = nn.NewMatrix(d.base.Out(), d.base.In())
	d.begun.compute(sum)
	for i := range sum.Data {
		sum.Data[i] *= d.gamma
	}
	return d.base, sum, d.begun
}

// TestPiSSABegins: with all singular values γB₀A₀ is W, and with fewer the rest is orthogonal to it
// from both sides, whatever γ is. A₀ and B₀ have equal squares.
func TestPiSSABegins(t *testing.T) {
	m := nntest.Model(t)
	for k, l := range m.Linears() {
		for _, rank := range []int{1, 3, min(l.In(), l.Out())} {
			c := testConfig(rank)
			c.Targets, c.Gamma = []string{l.Name}, 0.3
			_, w, p := begun(t, piSSA{}, m, c, 0)
			rest := nn.NewMatrix(l.Out(), l.In())
			var size, across float64
			for i, v := range l.Weight.Data {
				rest.Data[i] = v - w.Data[i]
				size += sq(float64(rest.Data[i]))
				across += float64(rest.Data[i]) * float64(w.Data[i])
			}
			if rank == min(l.In(), l.Out()) && size > 1e-9 || math.Abs(across) > 1e-5 {
				t.Errorf("map %d, rank %d: the rest has square %g and product %g", k, rank, size, across)
			}
			a, b := nn.Dot(p.right.Value, p.right.Value), nn.Dot(p.left.Value, p.left.Value)
			if math.Abs(a/b-1) > 1e-5 {
				t.Errorf("map %d, rank %d: A₀ has square %g, B₀ %g", k, rank, a, b)
			}
		}
	}
}

// TestOLoRABegins: B₀ has orthonormal columns, A₀ is upper triangular, and the first r columns of
// B₀A₀ are those of W. Both are free of γ.
func TestOLoRABegins(t *testing.T) {
	m := nntest.Model(t)
	for k, l := range m.Linears() {
		for _, rank := range []int{1, 3, min(l.In(), l.Out())} {
			c := testConfig(rank)
			c.Targets, c.Gamma = []string{l.Name}, 1
			_, w, p := begun(t, oLoRA{}, m, c, 0)
			for i := range l.Out() {
				for j := range rank {
					if d := w.Data[i*l.In()+j] - l.Weight.Data[i*l.In()+j]; math.Abs(float64(d)) > 1e-6 {
						t.Fatalf("map %d, rank %d: B₀A₀ is off by %g at (%d, %d)", k, rank, d, i, j)
					}
				}
			}
			for i := range rank {
				for j := range i {
					var dot float64
					for o := range l.Out() {
						dot += float64(p.left.Value[o*rank+i]) * float64(p.left.Value[o*rank+j])
					}
					if below := p.right.Value[i*l.In()+j]; math.Abs(dot) > 1e-6 || math.Abs(float64(below)) > 1e-6 {
						t.Errorf("map %d, rank %d: columns %d and %d of B₀ have product %g, A₀ has %g", k, rank, i, j,
							dot, below)
					}
				}
			}
			c.Gamma = 5
			if _, _, other := begun(t, oLoRA{}, m, c, 0); other.right.Value[0] != p.right.Value[0] {
				t.Error("A₀ depends on gamma")
			}
		}
	}
}

// TestPEFTOrthogonalBegins: neither A₀ nor B₀ is zero, their product is, and their entries have the
// variance of PEFT's: a sum over r/2 of squares of Q, whose mean is 1/r, times 1/100.
func TestPEFTOrthogonalBegins(t *testing.T) {
	_, w, p := begun(t, peftOrthogonal{}, wideModel(t), testConfig(32), 0)
	for i, v := range w.Data {
		if math.Abs(float64(v)) > 1e-6 {
			t.Fatalf("B₀A₀ is %g at %d", v, i)
		}
	}
	for _, f := range []array{p.left, p.right} {
		variance := nn.Dot(f.Value, f.Value) / float64(len(f.Value))
		if math.Abs(variance/0.005-1) > 0.1 { // of 2048 independent normals the relative deviation is 3%
			t.Errorf("%s has variance %g, want 1/200", f.Name, variance)
		}
	}
}

func TestRanksThatCannotBe(t *testing.T) {
	m := nntest.Model(t)
	for _, c := range []struct {
		method Method
		rank   int
		want   string
	}{
		{piSSA{}, 7, "lora: rank 7: must be at most 6, the smaller side of model.layers.0.self_attn.k_proj"},
		{oLoRA{}, 13, "lora: rank 13: must be at most 12, the smaller side of model.layers.0.self_attn.q_proj"},
		{peftOrthogonal{}, 5, "lora: rank 5: must be even"},
	} {
		for _, counting := range []bool{false, true} {
			_, err := c.method.Attach(&nn.Arena{Counting: counting}, m, testConfig(c.rank), 0)
			if err == nil || !strings.HasPrefix(err.Error(), c.want) {
				t.Errorf("counting %t: %v, want %s", counting, err, c.want)
			}
		}
	}
	m.Linears()[0].Weight.Data[3] = float32(math.NaN())
	if _, err := (piSSA{}).Attach(new(nn.Arena), m, testConfig(2), 0); err == nil ||
		!strings.Contains(err.Error(), "must be finite") {
		t.Errorf("weights that are not finite: %v", err)
	}
}

// TestShiftedIsHandedOut: what a method hands out is an adapter of twice its rank, which adds to the weights what
// training has added. Both sum 2r products in float32, in another order: 2r rounding errors of their absolute values.
func TestShiftedIsHandedOut(t *testing.T) {
	m := nntest.Model(t)
	eachAddend(t, func(t *testing.T, method Method, _ func(*sumMap, int, int) float64, c Config) {
		s, _ := attachMoved(t, method, m, c)
		handed := method.Traits().Has(HandsOut)
		if n := len(s.Trained()); handed && n != len(s.Trainables) || !handed && n > 0 {
			t.Fatalf("%d of %d maps are handed out: %t", n, len(s.Trainables), handed)
		}
		for i, a := range s.Trained() {
			delta, with := nn.NewMatrix(a.B.Rows, a.A.Cols), nn.NewMatrix(a.B.Rows, a.A.Cols)
			s.Trainables[i].Delta(delta)
			a.addDelta(with)
			if a.A.Rows != 2*c.Rank {
				t.Errorf("%s: handed out with rank %d, trained with %d", a.Module, a.A.Rows, c.Rank)
			}
			for k, d := range delta.Data {
				var size float64
				for q := range a.A.Rows {
					size += math.Abs(float64(a.B.Data[k/a.A.Cols*a.B.Stride+q] * a.A.Data[q*a.A.Stride+k%a.A.Cols]))
				}
				bound := 4 * float64(a.A.Rows) * c.Gamma * size * 0x1p-24 // 2r errors of each of the two
				if off := math.Abs(float64(d - with.Data[k])); !(off <= bound) {
					t.Fatalf("%s: entry %d is off by %g, more than %g", a.Module, k, off, bound)
				}
			}
		}
		if !handed {
			return
		}
		merged := m.Clone()
		check(t, s.Merge(merged))
		for i, l := range linears(merged) {
			with := s.Trainables.Maps()[i].(*sumMap)
			want := nn.NewMatrix(l.Out(), l.In())
			with.Delta(want)
			kernel.Add(want.Data, with.base.Weight.Data)
			if d := difference(l.Weight.Data, want.Data); !(d < 1e-5) {
				t.Errorf("%s: merged weights are off by %.2g", l.Name, d)
			}
		}
	})
}
