package nn

import (
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
)

// trainOn takes seven steps, from the fourth on with the optimizer that
// change returns for the one at hand.
func trainOn(t *testing.T, c OptimizerConfig, change func(o Optimizer, params []Param) Optimizer) []float32 {
	rng := rand.New(rand.NewPCG(9, 1))
	params := oddParams(rng)
	o := mustOptimizer(t, c, params)
	for step := range 7 {
		if step == 3 {
			o = change(o, params)
		}
		randomGradients(params, rng)
		o.Step(UniformRate(0.1))
	}
	return values(params)
}

func cloneTensors(tensors []Tensor) []Tensor {
	clone := slices.Clone(tensors)
	for i := range clone {
		clone[i].Data = slices.Clone(clone[i].Data)
	}
	return clone
}

func TestRestoredStateGoesOnBitwise(t *testing.T) {
	for _, c := range testOptimizers() {
		want := trainOn(t, c, func(o Optimizer, _ []Param) Optimizer { return o })
		restored := trainOn(t, c, func(o Optimizer, params []Param) Optimizer {
			next, saved := mustOptimizer(t, c, params), cloneTensors(o.State())
			slices.Reverse(saved) // names count, not order
			check(t, RestoreState(next, saved))
			return next
		})
		if !slices.Equal(restored, want) {
			t.Errorf("%+v: values differ by up to %g after a restored state", c, maxDifference(restored, want))
		}
		fresh := trainOn(t, c, func(_ Optimizer, params []Param) Optimizer { return mustOptimizer(t, c, params) })
		stateless := c.Name == "sgd" && c.Momentum == 0
		if slices.Equal(fresh, want) != stateless {
			t.Errorf("%+v: forgetting the state changes the values: %t", c, stateless)
		}
	}
}

func TestRestoreStateRefuses(t *testing.T) {
	rng := rand.New(rand.NewPCG(9, 2))
	params := oddParams(rng)
	adamW := OptimizerConfig{Name: "adamw", Beta1: 0.9, Beta2: 0.999}
	stepped := func(c OptimizerConfig, params []Param) []Tensor {
		o := mustOptimizer(t, c, params)
		randomGradients(params, rng)
		o.Step(UniformRate(0.1))
		return o.State()
	}
	saved := stepped(adamW, params)
	reshaped, cut := cloneTensors(saved), cloneTensors(saved)
	reshaped[len(saved)-1].Shape = []int{17, 3}
	cut[len(saved)-1].Data = cut[len(saved)-1].Data[1:]
	for name, test := range map[string]struct {
		saved []Tensor
		want  string
	}{
		"nothing":           {nil, `no "adamw.step"`},
		"another optimizer": {stepped(OptimizerConfig{Name: "adafactor"}, params), `no "adamw.step"`},
		"fewer parameters":  {stepped(adamW, params[:4]), `no "adamw.mean.e"`},
		"more":              {append(slices.Clone(saved), Tensor{Name: "x"}), "has 12 tensors, want 11"},
		"another shape":     {reshaped, `"adamw.square.e" has shape [17 3], want [3 17]`},
		"data cut off":      {cut, `"adamw.square.e" has 50 values, want 51`},
	} {
		o := mustOptimizer(t, adamW, params)
		if err := RestoreState(o, test.saved); err == nil || !strings.Contains(err.Error(), test.want) {
			t.Errorf("%s: error %v, want one with %q", name, err, test.want)
		}
		for _, s := range o.State() {
			if slices.ContainsFunc(s.Data, func(v float32) bool { return v != 0 }) {
				t.Errorf("%s: refused, yet %q has changed", name, s.Name)
			}
		}
	}
}

// TestStateBytes counts on paper: oddParams has 1+7+5+78+51 = 142 entries, 23
// rows and 32 columns. What is kept besides is the number of the step.
func TestStateBytes(t *testing.T) {
	for i, want := range []int64{0, 4 * 142, 4 * 2 * 142, 4 * 2 * 142, 4 * (23 + 32)} {
		params := oddParams(rand.New(rand.NewPCG(9, 3)))
		c := testOptimizers()[i]
		if got := c.StateBytes(params); got != want {
			t.Errorf("%+v: state of %d bytes, want %d", c, got, want)
		}
		var kept int64
		for _, s := range mustOptimizer(t, c, params).State() {
			if !strings.HasSuffix(s.Name, ".step") {
				kept += 4 * int64(len(s.Data))
			}
		}
		if kept != want {
			t.Errorf("%+v: keeps %d bytes, want %d", c, kept, want)
		}
	}
}
