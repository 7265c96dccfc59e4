package nn

import (
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"gonum.org/v1/gonum/blas/blas32"

	"ranksweep/nn/heaptest"
	"ranksweep/nn/kernel/kerneltest"
)

// testOptimizers has every kind of optimizer, with every setting that changes its state.
func testOptimizers() []OptimizerConfig {
	return []OptimizerConfig{
		{Name: "sgd", WeightDecay: 0.1},
		{Name: "sgd", Momentum: 0.9, WeightDecay: 0.1},
		{Name: "adamw", Beta1: 0.9, Beta2: 0.999, Eps: 1e-8, WeightDecay: 0.1},
		{Name: "adamw", Beta1: 0.8, Beta2: 0.95, Eps: 1e-2, WeightDecay: 0.1},
		{Name: "adafactor", WeightDecay: 0.1},
		{Name: "lion", Beta1: 0.9, Beta2: 0.99, WeightDecay: 0.1},
		{Name: "signsgd", WeightDecay: 0.1},
		{Name: "muon", Momentum: 0.95, WeightDecay: 0.1},
		{Name: "muon", WeightDecay: 0.1},
		{Name: "scaled-sgd", Momentum: 0.9, Damping: 1e-2, WeightDecay: 0.1},
		{Name: "scaled-adamw", Beta1: 0.9, Beta2: 0.999, Eps: 1e-8, Damping: 1e-2, WeightDecay: 0.1},
		{Name: "lora-fa-adamw", Beta1: 0.9, Beta2: 0.999, Eps: 1e-6, Damping: 1e-8, WeightDecay: 0.1},
		{Name: "lora-rite", Beta1: 0.9, Beta2: 0.999, Eps: 1e-6, WeightDecay: 0.1},
		{Name: "lora-muon", Momentum: 0.95, WeightDecay: 0.1},
	}
}

// oddParams has row and column vectors, matrices, and one parameter of each role; every other
// parameter decays. The second and the third are the factors of an adapter of rank 1. The third also stands
// beside an A that does not train.
func oddParams(rng *rand.Rand) []Param {
	var params []Param
	for i, shape := range [][2]int{{1, 1}, {1, 7}, {5, 1}, {13, 6}, {3, 17}} {
		n := shape[0] * shape[1]
		p := Param{
			Name: string(rune('a' + i)), Role: Role(i % 3), Rows: shape[0], Cols: shape[1],
			Value: make([]float32, n), Grad: make([]float32, n), Decay: i%2 == 0,
		}
		if i == 1 || i == 2 {
			p.Module, p.Gamma = "map", 2
		}
		if i == 2 {
			p.Fixed = &blas32.General{Rows: 1, Cols: 3, Stride: 3, Data: []float32{1, -0.5, 0.25}}
		}
		fillNormal(p.Value, 1, rng)
		params = append(params, p)
	}
	return params
}

func randomGradients(params []Param, rng *rand.Rand) {
	for _, p := range params {
		fillNormal(p.Grad, 1, rng)
	}
}

func mustOptimizer(t testing.TB, c OptimizerConfig, params []Param) Optimizer {
	t.Helper()
	o, err := NewOptimizer(c, params)
	if err != nil {
		t.Fatal(err)
	}
	return o
}

// values returns a copy of all values, end to end.
func values(params []Param) []float32 {
	var all []float32
	for _, p := range params {
		all = append(all, p.Value...)
	}
	return all
}

// train takes steps with gradients that are drawn from seed and multiplied by
// scale, and returns the values that result.
func train(t testing.TB, c OptimizerConfig, steps int, scale float32) []float32 {
	rng := rand.New(rand.NewPCG(7, 1))
	params := oddParams(rng)
	o := mustOptimizer(t, c, params)
	for range steps {
		randomGradients(params, rng)
		for _, p := range params {
			for i := range p.Grad {
				p.Grad[i] *= scale
			}
		}
		o.Step(UniformRate(0.1))
	}
	return values(params)
}

// maxDifference returns the largest difference; NaN if any difference is NaN.
func maxDifference(x, y []float32) float64 {
	var d float64
	for i := range x {
		d = max(d, math.Abs(float64(x[i])-float64(y[i])))
	}
	return d
}

// TestAdamScaleInvariance: with ε = 0, Adam's updates do not depend on the scale of the
// gradients. Powers of two change no rounding, so that the bits agree; another factor rounds
// every quotient anew, by some 2⁻²³ of a step of 0.1.
func TestAdamScaleInvariance(t *testing.T) {
	c := OptimizerConfig{Name: "adamw", Beta1: 0.9, Beta2: 0.999, WeightDecay: 0.1}
	want := train(t, c, 20, 1)
	for _, scale := range []float32{0x1p-20, 0.5, 0x1p10} {
		if got := train(t, c, 20, scale); !slices.Equal(got, want) {
			t.Errorf("gradients times %g: values differ by up to %g, want the same bits", scale,
				maxDifference(got, want))
		}
	}
	if d := maxDifference(train(t, c, 20, 3), want); !(d <= 20*4*0x1p-23) {
		t.Errorf("gradients times 3: values differ by up to %g", d)
	}
	c.Eps = 0.1
	if slices.Equal(train(t, c, 20, 2), train(t, c, 20, 1)) {
		t.Error("with a large ε gradients twice as large change nothing: the test sees nothing")
	}
}

// TestAdamWithoutEpsStaysPut: 0/0 counts as no movement, and later steps work.
func TestAdamWithoutEpsStaysPut(t *testing.T) {
	p := Param{Name: "w", Rows: 1, Cols: 2, Value: []float32{1, 2}, Grad: []float32{0, 1e-30}}
	o := mustOptimizer(t, OptimizerConfig{Name: "adamw", Beta1: 0.9, Beta2: 0.999}, []Param{p})
	o.Step(UniformRate(0.1))
	if !slices.Equal(p.Value, []float32{1, 2}) {
		t.Fatalf("gradients whose square is 0 in float32 move the values to %v", p.Value)
	}
	p.Grad[0] = 1
	o.Step(UniformRate(0.1))
	if v := p.Value[0]; !(v < 1 && v > 0.8) {
		t.Errorf("the first gradient after none moves 1 to %g", v)
	}
}

// TestSGDMomentumMatchesUnrolled: with momentum μ, the gradient g of step s has moved w by
// lr·g·(1 + μ + … + μ^(T−s)) after T steps.
func TestSGDMomentumMatchesUnrolled(t *testing.T) {
	const lr, mu, steps = 0.1, 0.9, 12
	rng := rand.New(rand.NewPCG(7, 2))
	params := oddParams(rng)
	o := mustOptimizer(t, OptimizerConfig{Name: "sgd", Momentum: mu}, params)
	var want []float64
	for _, v := range values(params) {
		want = append(want, float64(v))
	}
	for s := 1; s <= steps; s++ {
		randomGradients(params, rng)
		i := 0
		for _, p := range params {
			for _, g := range p.Grad {
				want[i] -= lr * float64(g) * (1 - math.Pow(mu, float64(steps-s+1))) / (1 - mu)
				i++
			}
		}
		o.Step(UniformRate(lr))
	}
	// Values stay below 8: each step rounds by 2⁻²¹ at most, three times.
	for i, v := range values(params) {
		if d := math.Abs(float64(v) - want[i]); !(d <= steps*3*0x1p-21) {
			t.Fatalf("value %d is %g, want %g", i, v, want[i])
		}
	}
}

// TestPlainSGDIsMomentumZero: SGD without momentum agrees with SGD of a tiny momentum.
func TestPlainSGDIsMomentumZero(t *testing.T) {
	plain := train(t, OptimizerConfig{Name: "sgd", WeightDecay: 0.1}, 5, 1)
	if d := maxDifference(plain, train(t, OptimizerConfig{Name: "sgd", Momentum: 1e-30, WeightDecay: 0.1}, 5,
		1)); d != 0 {
		t.Errorf("a momentum too small to add anything changes values by %g", d)
	}
}

func TestEachRoleHasItsRate(t *testing.T) {
	for _, c := range testOptimizers() {
		for role := range Role(NumRoles) {
			rng := rand.New(rand.NewPCG(7, 3))
			params := oddParams(rng)
			randomGradients(params, rng)
			before := values(params)
			var rates LearningRates
			rates[role] = 0.1
			mustOptimizer(t, c, params).Step(rates)
			for _, p := range params {
				if moved := !slices.Equal(before[:len(p.Value)], p.Value); moved != (p.Role == role) {
					t.Errorf("%s: only role %d has a rate; one of role %d moved: %t", c.Name, role, p.Role, moved)
				}
				before = before[len(p.Value):]
			}
		}
	}
}

func TestStepLeavesGradients(t *testing.T) {
	for _, c := range testOptimizers() {
		rng := rand.New(rand.NewPCG(7, 7))
		p := oddParams(rng)[3]
		fillNormal(p.Grad, 1, rng)
		before := slices.Clone(p.Grad)
		mustOptimizer(t, c, []Param{p}).Step(UniformRate(0.1))
		if !slices.Equal(before, p.Grad) {
			t.Errorf("%s: Step changes a gradient", c.Name)
		}
	}
}

func TestDecayOnlyWhereAsked(t *testing.T) {
	for _, c := range testOptimizers() {
		params := oddParams(rand.New(rand.NewPCG(7, 4)))
		before := values(params)
		mustOptimizer(t, c, params).Step(UniformRate(0.1))
		for _, p := range params { // gradients are zero
			for i, v := range p.Value {
				want := float64(before[i])
				if p.Decay {
					want *= 1 - 0.1*c.WeightDecay
				}
				if p.Decay && c.Name == "lora-muon" && p.Module != "" { // half of the decay of the product
					want = float64(before[i]) * math.Sqrt(1-0.1*c.WeightDecay)
				}
				if math.Abs(float64(v)-want) > 1e-6 {
					t.Errorf("%s: %s[%d] is %g after decay, want %g", c.Name, p.Name, i, v, want)
				}
			}
			before = before[len(p.Value):]
		}
	}
}

// TestNaNGradientShows: a NaN in a gradient must show up in the values.
func TestNaNGradientShows(t *testing.T) {
	for _, c := range testOptimizers() {
		params := oddParams(rand.New(rand.NewPCG(7, 5)))
		params[3].Grad[4] = float32(math.NaN())
		mustOptimizer(t, c, params).Step(UniformRate(0.1))
		if v := params[3].Value[4]; v == v {
			t.Errorf("%s: a NaN gradient moves the value to %g", c.Name, v)
		}
	}
}

func TestStepAllocatesNothing(t *testing.T) {
	kerneltest.Each(t, func(t *testing.T) {
		for _, c := range testOptimizers() {
			o := mustOptimizer(t, c, oddParams(rand.New(rand.NewPCG(7, 6))))
			if n := heaptest.Allocations(3, func() { o.Step(UniformRate(0.1)) }); n != 0 {
				t.Errorf("%s: %d allocations in some steps", c.Name, n)
			}
		}
	})
}

func TestOptimizerRefuses(t *testing.T) {
	nan, inf := math.NaN(), math.Inf(1)
	for _, test := range []struct {
		config OptimizerConfig
		want   string
	}{
		{OptimizerConfig{Name: "adam"},
			`unknown optimizer "adam": known are sgd, adamw, adafactor, lion, signsgd, muon`},
		{OptimizerConfig{}, `unknown optimizer ""`},
		{OptimizerConfig{Name: "sgd", Momentum: 1}, "momentum 1:"},
		{OptimizerConfig{Name: "sgd", Momentum: -0.5}, "momentum -0.5:"},
		{OptimizerConfig{Name: "sgd", Beta1: 0.9}, "beta1 0.9: sgd has none"},
		{OptimizerConfig{Name: "adamw", Momentum: 0.9}, "momentum 0.9: adamw has none"},
		{OptimizerConfig{Name: "adafactor", Eps: 1e-8}, "eps 1e-8: adafactor has none"},
		{OptimizerConfig{Name: "lion", Eps: 1e-8}, "eps 1e-8: lion has none"},
		{OptimizerConfig{Name: "signsgd", Momentum: 0.9}, "momentum 0.9: signsgd has none"},
		{OptimizerConfig{Name: "muon", Beta2: 0.9}, "beta2 0.9: muon has none"},
		{OptimizerConfig{Name: "adamw", Beta1: 1}, "beta1 1:"},
		{OptimizerConfig{Name: "adamw", Beta2: 1.5}, "beta2 1.5:"},
		{OptimizerConfig{Name: "adamw", Beta2: 1 - 1e-12}, "in float32, below 1"},
		{OptimizerConfig{Name: "adamw", Beta1: nan}, "beta1 NaN:"},
		{OptimizerConfig{Name: "adamw", Eps: -1e-8}, "eps -1e-8:"},
		{OptimizerConfig{Name: "adamw", Eps: 1e39}, "eps 1e39:"},
		{OptimizerConfig{Name: "sgd", WeightDecay: inf}, "weight decay +Inf:"},
	} {
		if _, err := NewOptimizer(test.config, nil); err == nil || !strings.Contains(err.Error(), test.want) {
			t.Errorf("%+v: error %v, want one with %q", test.config, err, test.want)
		}
	}
	short := Param{Name: "w", Rows: 2, Cols: 3, Value: make([]float32, 6), Grad: make([]float32, 5)}
	if _, err := NewOptimizer(OptimizerConfig{Name: "sgd"}, []Param{short}); err == nil ||
		!strings.Contains(err.Error(), "5 gradients") {
		t.Errorf("short gradient: %v", err)
	}
}

func TestDefaultOptimizersAreValid(t *testing.T) {
	for _, name := range Optimizers() {
		c, err := DefaultOptimizer(name)
		if err != nil || c.Name != name || c.Validate() != nil {
			t.Errorf("default %s is %+v, %v, %v", name, c, err, c.Validate())
		}
	}
	if _, err := DefaultOptimizer("lbfgs"); err == nil {
		t.Error("an unknown optimizer has defaults")
	}
}

func TestLearningRatesRefuse(t *testing.T) {
	for _, lr := range []float64{0, 5e-5, math.MaxFloat32} {
		check(t, UniformRate(lr).Validate())
	}
	for _, lr := range []float64{-1e-9, math.NaN(), math.Inf(1), 1e39} {
		rates := UniformRate(1)
		rates[RoleB] = lr
		if rates.Validate() == nil {
			t.Errorf("learning rate %g passes", lr)
		}
	}
	if got := (LearningRates{1, 2, 3}).Times(0.5); got != (LearningRates{0.5, 1, 1.5}) {
		t.Errorf("half of 1, 2, 3 is %v", got)
	}
}

// TestOwnSettings: Own keeps every setting that an optimizer has and clears all others, so that
// the result is valid.
func TestOwnSettings(t *testing.T) {
	all := OptimizerConfig{Momentum: 0.1, Beta1: 0.2, Beta2: 0.3, Eps: 0.4, WeightDecay: 0.5}
	for name, want := range map[string]OptimizerConfig{
		"sgd":       {Name: "sgd", Momentum: 0.1, WeightDecay: 0.5},
		"adamw":     {Name: "adamw", Beta1: 0.2, Beta2: 0.3, Eps: 0.4, WeightDecay: 0.5},
		"adafactor": {Name: "adafactor", WeightDecay: 0.5},
		"lion":      {Name: "lion", Beta1: 0.2, Beta2: 0.3, WeightDecay: 0.5},
		"signsgd":   {Name: "signsgd", WeightDecay: 0.5},
		"muon":      {Name: "muon", Momentum: 0.1, WeightDecay: 0.5},
	} {
		c := all
		c.Name = name
		own := c.Own()
		if own != want || own.Validate() != nil {
			t.Errorf("%s: %+v, %v, want %+v", name, own, own.Validate(), want)
		}
	}
}
