package experiments

import (
	"strings"
	"testing"

	"ranksweep/nn"
)

// An optimizer brings its customary settings. A setting that the experiment gives,
// in any place, takes precedence.
func TestCustomarySettings(t *testing.T) {
	for _, c := range []struct{ name, text, overrides, want string }{
		{"of the file", "train: {optimizer: lion}\ngrid: {rank: 4}", "", `
rank=4 | lion 0 0.9 0.99 1e-08
`},
		{"of an axis", "grid: {optimizer: [adamw, lion, muon, sgd]}", "", `
optimizer=adamw | adamw 0 0.9 0.999 1e-08
optimizer=lion | lion 0 0.9 0.99 1e-08
optimizer=muon | muon 0.95 0.9 0.999 1e-08
optimizer=sgd | sgd 0 0.9 0.999 1e-08
`},
		{"of an override", "grid: {rank: 4}", "optimizer=muon", `
rank=4 | muon 0.95 0.9 0.999 1e-08
`},
		{"named in the file", "train: {beta2: 0.999}\ngrid: {optimizer: [adamw, lion]}", "", `
optimizer=adamw | adamw 0 0.9 0.999 1e-08
optimizer=lion | lion 0 0.9 0.999 1e-08
`},
		{"named by an override", "grid: {optimizer: lion}", "beta2=0.95", `
optimizer=lion | lion 0 0.9 0.95 1e-08
`},
		{"named by an axis", "zip: [{optimizer: [sgd, muon, muon], momentum: [0.9, 0, 0.8]}]", "", `
optimizer=sgd momentum=0.9 | sgd 0.9 0.9 0.999 1e-08
optimizer=muon momentum=0 | muon 0 0.9 0.999 1e-08
optimizer=muon momentum=0.8 | muon 0.8 0.9 0.999 1e-08
`},
		{"named by a condition",
			"grid: {optimizer: lion, rank: [4, 8]}\nwhen: [{if: {rank: 8}, set: {beta2: 0.9}}]", "", `
optimizer=lion rank=4 | lion 0 0.9 0.99 1e-08
optimizer=lion rank=8 | lion 0 0.9 0.9 1e-08
`},
	} {
		t.Run(c.name, func(t *testing.T) {
			e := read(t, "name: x\ndata: a.txt\n"+c.text)
			if err := e.Set(strings.Fields(c.overrides)...); err != nil {
				t.Fatal(err)
			}
			if got := "\n" + show(t, e, "optimizer", "momentum", "beta1", "beta2", "eps"); got != c.want {
				t.Errorf("got%swant%s", got, c.want)
			}
			checkReadsBack(t, e)
		})
	}
}

// An axis is left alone even if no file was read.
func TestCustomarySettingsLeaveAxes(t *testing.T) {
	e := &Experiment{Base: Defaults(), Grid: []Axis{{"optimizer", []any{"muon"}}, {"momentum", []any{0.5}}}}
	e.Base.Data.Source = "a.txt"
	if got, want := show(t, e, "momentum"), "optimizer=muon momentum=0.5 | 0.5\n"; got != want {
		t.Errorf("got %swant %s", got, want)
	}
}

// Resolved writes no rules for optimizers that the experiment does not use.
func TestCustomarySettingsOfOthersAreNotWritten(t *testing.T) {
	text, err := read(t, "{name: x, data: a.txt, grid: {optimizer: [sgd, muon]}}").Resolved()
	check(t, err)
	if s := string(text); !strings.Contains(s, "momentum: 0.95") || strings.Contains(s, "lion") {
		t.Errorf("resolved:\n%s", s)
	}
}

// An optimizer gets all the settings that it uses and no others.
func TestOptimizersGetTheirSettings(t *testing.T) {
	for _, name := range nn.Optimizers() {
		o := Train{Optimizer: name, Momentum: 0.5, Beta1: 0.6, Beta2: 0.7, Eps: 0.1, WeightDecay: 0.2}.OptimizerConfig()
		if err := o.Validate(); err != nil {
			t.Error(err)
		}
		has, _ := nn.DefaultOptimizer(name)
		for _, s := range []struct{ customary, got, want float64 }{
			{has.Momentum, o.Momentum, 0.5}, {has.Beta1, o.Beta1, 0.6}, {has.Beta2, o.Beta2, 0.7},
			{has.Eps, o.Eps, 0.1},
		} {
			if s.customary != 0 && s.got != s.want {
				t.Errorf("%s: a setting is %g, want %g", name, s.got, s.want)
			}
		}
		if o.WeightDecay != 0.2 {
			t.Errorf("%s: weight decay %g, want 0.2", name, o.WeightDecay)
		}
	}
}
