package nn

import (
	"math"
	"math/rand/v2"
	"testing"

	"ranksweep/nn/kernel"
)

// TestAdafactorFactoredSecondMomentIsRankOne: if the squared gradient is a product of a
// factor of the row and a factor of the column, r_i c_j / avg(r) equals it exactly, and the
// first update is the sign of the gradient.
func TestAdafactorFactoredSecondMomentIsRankOne(t *testing.T) {
	rng := rand.New(rand.NewPCG(10, 1))
	const rows, cols, lr = 5, 7, 0.25
	p := Param{Name: "w", Rows: rows, Cols: cols, Value: make([]float32, rows*cols), Grad: make([]float32, rows*cols)}
	colSize := make([]float64, cols)
	for j := range colSize {
		colSize[j] = math.Exp(3 * rng.NormFloat64())
	}
	for i := range rows {
		rowSize := math.Exp(3 * rng.NormFloat64())
		for j, size := range colSize {
			p.Grad[i*cols+j] = float32(rowSize * size)
			if rng.IntN(2) == 0 {
				p.Grad[i*cols+j] *= -1
			}
		}
	}
	mustOptimizer(t, OptimizerConfig{Name: "adafactor"}, []Param{p}).Step(UniformRate(lr))
	for k, v := range p.Value {
		want := -lr * math.Copysign(1, float64(p.Grad[k]))
		if d := math.Abs(float64(v) - want); !(d <= lr*8*0x1p-23) { // some five roundings
			t.Errorf("entry %d of gradient %g moves by %g, want %g", k, p.Grad[k], v, want)
		}
	}
}

// TestAdafactorClipsUpdates: a gradient ten times the one before makes u as large as
// 1/√(2^−0.8) = 1.32 at step 2. Its RMS is cut to 1, so that the RMS of the movement equals
// the learning rate. A smaller update is not made larger.
func TestAdafactorClipsUpdates(t *testing.T) {
	const lr = 0.25
	for _, test := range []struct{ growth, want float64 }{
		{10, lr},
		{0.1, lr * 0.1 / math.Sqrt(1-math.Pow(2, -0.8)+math.Pow(2, -0.8)*0.01)},
	} {
		p := Param{Name: "w", Rows: 3, Cols: 4, Value: make([]float32, 12), Grad: make([]float32, 12)}
		o := mustOptimizer(t, OptimizerConfig{Name: "adafactor"}, []Param{p})
		for i := range p.Grad {
			p.Grad[i] = 1
		}
		o.Step(UniformRate(lr))
		clear(p.Value)
		for i := range p.Grad {
			p.Grad[i] = float32(test.growth)
		}
		o.Step(UniformRate(lr))
		rms := math.Sqrt(kernel.SumSquares(p.Value) / 12)
		if math.Abs(rms-test.want) > 1e-6 {
			t.Errorf("gradient times %g: movement of RMS %g, want %g", test.growth, rms, test.want)
		}
	}
}

// TestAdafactorZeroGradientStaysPut: ε₁ avoids 0/√0, in whole arrays and in single rows and
// columns.
func TestAdafactorZeroGradientStaysPut(t *testing.T) {
	params := oddParams(rand.New(rand.NewPCG(10, 2)))
	before := values(params)
	params[3].Grad[8] = 1e15 // row 1, column 2
	mustOptimizer(t, OptimizerConfig{Name: "adafactor"}, params).Step(UniformRate(0.1))
	for _, p := range params {
		for k, v := range p.Value {
			if p.Grad[k] == 0 && v != before[k] {
				t.Errorf("%s[%d] moves from %g to %g without a gradient", p.Name, k, before[k], v)
			}
		}
		before = before[len(p.Value):]
	}
}

// TestAdafactorScaleInvariance: ε₁ is far below the squares of gradients as small as 1e-9, so
// that they move values as much as large ones do. ε₁ matters most at step 1, when nothing
// was averaged yet. The smallest of 142 normal numbers is about 0.01, and its square at this
// scale is 1e-22; ε₁ is 1e-8 of that, less than the rounding of float32.
func TestAdafactorScaleInvariance(t *testing.T) {
	c := OptimizerConfig{Name: "adafactor"}
	if d := maxDifference(train(t, c, 20, 1), train(t, c, 20, 0x1p-30)); !(d <= 20*4*0x1p-23) {
		t.Errorf("gradients times 2⁻³⁰: values differ by up to %g", d)
	}
}
