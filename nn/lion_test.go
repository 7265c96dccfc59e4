package nn

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"
)

func TestSign(t *testing.T) {
	inf, tiny := float32(math.Inf(1)), float32(math.SmallestNonzeroFloat32)
	for x, want := range map[float32]float32{
		0: 0, 1: 1, -1: -1, 0.75: 1, -3: -1, tiny: 1, -tiny: -1, inf: 1, -inf: -1, -math.MaxFloat32: -1,
	} {
		if got := sign(x); got != want {
			t.Errorf("sign of %g is %g, want %g", x, got, want)
		}
	}
	if s := sign(float32(math.NaN())); s == s {
		t.Errorf("sign of NaN is %g", s)
	}
}

// TestSignDescentForgetsScale: a factor of the gradients changes no sign, as long as no
// gradient falls below float32. Powers of two scale Lion's c without rounding. A factor of 3
// rounds c anew, by less than the distance of any c here from 0.
func TestSignDescentForgetsScale(t *testing.T) {
	for _, c := range []OptimizerConfig{
		{Name: "signsgd", WeightDecay: 0.1},
		{Name: "lion", Beta1: 0.9, Beta2: 0.99, WeightDecay: 0.1},
	} {
		want := train(t, c, 20, 1)
		for _, scale := range []float32{0x1p-60, 0.5, 3, 0x1p60} {
			if got := train(t, c, 20, scale); !slices.Equal(got, want) {
				t.Errorf("%s: gradients times %g: values differ by up to %g, want the same bits", c.Name, scale,
					maxDifference(got, want))
			}
		}
		if slices.Equal(train(t, c, 20, -1), want) {
			t.Errorf("%s: gradients turned around change nothing: the test sees nothing", c.Name)
		}
	}
}

// TestSignDescentIsLionWithoutMemory: with both betas 0, c is the gradient.
func TestSignDescentIsLionWithoutMemory(t *testing.T) {
	plain := train(t, OptimizerConfig{Name: "signsgd", WeightDecay: 0.1}, 20, 1)
	if lion := train(t, OptimizerConfig{Name: "lion", WeightDecay: 0.1}, 20, 1); !slices.Equal(lion, plain) {
		t.Errorf("values differ by up to %g", maxDifference(lion, plain))
	}
}

// TestLionWithEqualBetasIsSignum: Signum (arXiv:1802.04434, algorithm 2) moves
// by the sign of m = βm + (1−β)g. Values stay below 8, so that each of 20
// steps rounds by 2⁻²² at most.
func TestLionWithEqualBetasIsSignum(t *testing.T) {
	const lr, beta, steps = 0.1, 0.9, 20
	rng := rand.New(rand.NewPCG(11, 1))
	params := oddParams(rng)
	o := mustOptimizer(t, OptimizerConfig{Name: "lion", Beta1: beta, Beta2: beta}, params)
	var want []float64
	for _, v := range values(params) {
		want = append(want, float64(v))
	}
	mean := make([]float64, len(want))
	for range steps {
		randomGradients(params, rng)
		i := 0
		for _, p := range params {
			for _, g := range p.Grad {
				mean[i] = beta*mean[i] + (1-beta)*float64(g)
				want[i] -= lr * math.Copysign(1, mean[i])
				i++
			}
		}
		o.Step(UniformRate(lr))
	}
	for i, v := range values(params) {
		if !(math.Abs(float64(v)-want[i]) <= steps*0x1p-22) {
			t.Fatalf("value %d is %g, want %g", i, v, want[i])
		}
	}
}

// TestLionGoesOnWithoutGradient: without a gradient, Lion steps by the sign of β₁m.
func TestLionGoesOnWithoutGradient(t *testing.T) {
	p := Param{Name: "w", Rows: 1, Cols: 3, Value: make([]float32, 3), Grad: []float32{2, 0, -1e-30}}
	o := mustOptimizer(t, OptimizerConfig{Name: "lion", Beta1: 0.9, Beta2: 0.99}, []Param{p})
	o.Step(UniformRate(0.25))
	clear(p.Grad)
	o.Step(UniformRate(0.25))
	if !slices.Equal(p.Value, []float32{-0.5, 0, 0.5}) {
		t.Errorf("two steps of 0.25, the second without a gradient, lead to %v", p.Value)
	}
}
