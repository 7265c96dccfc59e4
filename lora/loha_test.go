package lora

import (
	"math"
	"testing"

	"ranksweep/nn"
	"ranksweep/nn/nntest"
)

func naiveLoHa(c Config, m *sumMap, i, j int) float64 {
	h := m.addend.(*hadamard)
	return c.Gamma * h.one.entry(i, j) * h.two.entry(i, j)
}

// entry returns an entry of the product, in float64.
func (p product) entry(i, j int) (sum float64) {
	for k := range p.right.Rows {
		sum += float64(p.left.Value[i*p.left.Cols+k]) * float64(p.right.Value[k*p.right.Cols+j])
	}
	return sum
}

// TestLoHaBegins: w2b is zero, and the largest entries of the others are near 1/√fan-in and not
// above. Of n uniform draws the largest is below 0.9 of the bound with probability 0.9ⁿ.
func TestLoHaBegins(t *testing.T) {
	s, err := loHa{}.Attach(new(nn.Arena), nntest.Model(t), testConfig(9), 7)
	check(t, err)
	l := s.Trainables[0].Frozen()
	for i, bound := range []float64{1. / 3, 1 / math.Sqrt(float64(l.In())), 1. / 3, 0} {
		checkLargest(t, s.Trainables[0].Params()[i], bound)
	}
}

// checkLargest checks that entries are drawn up to a bound.
func checkLargest(t *testing.T, p nn.Param, bound float64) {
	t.Helper()
	var largest, sum float64
	for _, v := range p.Value {
		largest = max(largest, math.Abs(float64(v)))
		sum += float64(v)
	}
	if n := float64(len(p.Value)); largest > bound*(1+1e-6) || largest < 0.9*bound || math.Abs(sum/n) > 0.5*bound {
		t.Errorf("%s: the largest of %d entries is %g, want nearly %g; their mean is %g", p.Name, len(p.Value), largest,
			bound, sum/n)
	}
}

// TestLoHaPairsRanks: a smaller rank has the first columns and rows of a larger one; columns are
// larger there by the root of the ranks' ratio. With Fresh it has others.
func TestLoHaPairsRanks(t *testing.T) {
	at := func(rank int, fresh bool) []nn.Param {
		c := testConfig(rank)
		c.Init.Fresh = fresh
		s, err := loHa{}.Attach(new(nn.Arena), nntest.Model(t), c, 7)
		check(t, err)
		return s.Trainables[3].Params()
	}
	small, large, fresh := at(4, false), at(16, false), at(4, true)
	for k, factor := range []float32{2, 1, 2} {
		for i, v := range small[k].Value {
			row, col := i/small[k].Cols, i%small[k].Cols
			if got := factor * large[k].Value[row*large[k].Cols+col]; math.Abs(float64(got-v)) > 1e-6 {
				t.Fatalf("%s[%d, %d] is %g at rank 4, and %g as at rank 16", small[k].Name, row, col, v, got)
			}
		}
		if fresh[k].Value[0] == small[k].Value[0] {
			t.Errorf("%s is no other when it is fresh", fresh[k].Name)
		}
	}
}
