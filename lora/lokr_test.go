package lora

import (
	"math"
	"testing"

	"ranksweep/nn"
	"ranksweep/nn/nntest"
)

func naiveLoKr(c Config, m *sumMap, i, j int) float64 {
	k := m.addend.(*kronecker)
	rows, cols := k.two.rows, k.two.cols
	return c.Gamma * k.one.entry(i/rows, j/cols) * k.two.entry(i%rows, j%cols)
}

// entry returns an entry of the matrix, in float64.
func (s *trainedSide) entry(i, j int) float64 {
	if s.low {
		return s.product.entry(i, j)
	}
	return float64(s.left.Value[i*s.cols+j])
}

// TestFactorize: the pairs are those of the examples and of the code of PEFT's function
// factorization, computed by hand.
func TestFactorize(t *testing.T) {
	for _, c := range []struct{ width, factor, first, second int }{
		{256, 0, 16, 16}, {128, 0, 8, 16}, {127, 0, 1, 127}, {128, 4, 4, 32}, {12, 0, 3, 4}, {12, 5, 3, 4},
		{12, 6, 6, 2}, {1, 0, 1, 1}, {576, 0, 24, 24}, {1536, 0, 32, 48}, {20, 3, 2, 10}, {12, 1, 1, 12},
	} {
		if a, b := factorize(c.width, c.factor); a != c.first || b != c.second {
			t.Errorf("%d with factor %d is %d·%d, want %d·%d", c.width, c.factor, a, b, c.first, c.second)
		}
	}
}

// TestLoKrShapes: w2 is a product up to half of its longer side, and w1 if it is asked for. From
// there on the number of parameters stays.
func TestLoKrShapes(t *testing.T) {
	m := nntest.Model(t)
	count := func(rank int, both bool) (arrays, entries int) {
		c := testConfig(rank)
		c.Targets, c.DecomposeBoth = []string{"model.layers.0.mlp.up_proj"}, both // (20, 12) is (4·5, 3·4)
		s, err := loKr{}.Attach(new(nn.Arena), m, c, 7)
		check(t, err)
		for _, p := range s.Trainables[0].Params() {
			arrays++
			entries += len(p.Value)
		}
		return arrays, entries
	}
	for _, c := range []struct {
		rank    int
		both    bool
		arrays  int
		entries int
	}{
		{1, false, 3, 4*3 + 5 + 4}, {2, false, 3, 4*3 + 2*(5+4)}, {3, false, 2, 4*3 + 5*4}, {64, false, 2, 4*3 + 5*4},
		{1, true, 4, 4 + 3 + 5 + 4}, {2, true, 3, 4*3 + 2*(5+4)},
	} {
		if arrays, entries := count(c.rank, c.both); arrays != c.arrays || entries != c.entries {
			t.Errorf("rank %d, both %t: %d arrays of %d entries, want %d of %d", c.rank, c.both, arrays, entries,
				c.arrays, c.entries)
		}
	}
}

// TestLoKrBegins: w1 or w1a is zero, and the others are drawn up to 1/√fan-in.
func TestLoKrBegins(t *testing.T) {
	m := wideModel(t)
	begins := func(rank int, both bool, bounds ...float64) {
		c := testConfig(rank)
		c.DecomposeBoth = both
		s, err := loKr{}.Attach(new(nn.Arena), m, c, 7)
		check(t, err)
		params := s.Trainables[0].Params()
		if len(params) != len(bounds) {
			t.Fatalf("%d arrays train", len(params))
		}
		for i, p := range params {
			checkLargest(t, p, bounds[i])
		}
	}
	begins(3, false, 0, 1/math.Sqrt(3), 1./4) // w1 is (8, 8), w2 (16, 16)
	begins(8, false, 0, 1./4)                 // w2 as it is
	begins(3, true, 0, 1/math.Sqrt(8), 1/math.Sqrt(3), 1./4)
}
