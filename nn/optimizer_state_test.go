package nn

import (
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
)

// trainOn takes seven steps. After three of them it replaces the optimizer by the one that
// change returns.
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
			slices.Reverse(saved) // the order of saved tensors does not matter
			check(t, RestoreState(next, saved))
			return next
		})
		if !slices.Equal(restored, want) {
			t.Errorf("%+v: values differ by up to %g after a restored state", c, maxDifference(restored, want))
		}
		fresh := trainOn(t, c, func(_ Optimizer, params []Param) Optimizer { return mustOptimizer(t, c, params) })
		stateless := len(mustOptimizer(t, c, oddParams(rand.New(rand.NewPCG(9, 1)))).State()) == 0
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

// TestOptimizerBytes compares with a count by hand: oddParams has 1+7+5+78+51 = 142 entries,
// 23 rows and 32 columns. Optimizers also keep the number of the step. The largest parameter
// is (13, 6), for which Muon has two matrices of that shape and two of (6, 6).
func TestOptimizerBytes(t *testing.T) {
	const muonScratch = 2*78 + 2*36
	for i, want := range []struct{ kept, scratch int64 }{
		{0, 0}, {142, 0}, {2 * 142, 0}, {2 * 142, 0}, {23 + 32, 0}, {142, 0}, {0, 0}, {142, muonScratch},
		{0, muonScratch},
	} {
		params := oddParams(rand.New(rand.NewPCG(9, 3)))
		c := testOptimizers()[i]
		var arena Arena
		o, err := NewOptimizerIn(&arena, c, params)
		check(t, err)
		if arena.Bytes != 4*(want.kept+want.scratch) {
			t.Errorf("%+v: takes %d bytes, want %d", c, arena.Bytes, 4*(want.kept+want.scratch))
		}
		var kept int64
		for _, s := range o.State() {
			if !strings.HasSuffix(s.Name, ".step") {
				kept += int64(len(s.Data))
			}
		}
		if kept != want.kept {
			t.Errorf("%+v: keeps %d floats, want %d", c, kept, want.kept)
		}
		if m, ok := o.(*muon); ok && len(m.scratch) != muonScratch {
			t.Errorf("%+v: computes in %d floats, want %d", c, len(m.scratch), muonScratch)
		}
	}
}
