package experiments

import (
	"testing"

	"ranksweep/lora"
)

func twinID(c Config) string { return c.TwinID("m", "d", 1) }

// Schemes that give the same function by the optimizer's exact invariance share a
// TwinID. Other schemes do not, nor do these if a setting breaks the invariance.
func TestTwinID(t *testing.T) {
	base := Defaults()
	base.Adapter.Rank = 16
	with := func(scheme string, changes ...func(*Config)) Config {
		c := base
		c.Adapter.Scaling = must(lora.ParseScheme(scheme))
		for _, change := range changes {
			change(&c)
		}
		return c
	}
	sgd := func(c *Config) { c.Train.Optimizer = "sgd" }
	lion := func(c *Config) { c.Train.Optimizer = "lion" }
	scaled := func(c *Config) { c.Train.Optimizer = "scaled-sgd" }
	rite := func(c *Config) { c.Train.Optimizer = "lora-rite" }
	noEps := func(c *Config) { c.Train.Eps = 0 }
	decay := func(c *Config) { c.Train.WeightDecay = 0.1 }
	clip := func(c *Config) { c.Train.Clip = 1 }
	matched := func(c *Config) { c.Adapter.MatchRank = 16 }
	alpha := func(c *Config) { c.Adapter.Alpha *= 4 }
	seed := func(c *Config) { c.Seed = 5 }
	for _, c := range []struct {
		name string
		a, b Config
		same bool
	}{
		{"itself", with("lora"), with("lora", seed), true},
		{"another γ", with("lora"), with("rslora"), false},
		{"matched at this rank", with("rslora", matched), with("lora"), true},
		{"α for p", with("lora", alpha), with("rslora"), true},
		{"sgd, a larger A and its rate", with("rslora", sgd), with("lora,init=-0.5,lr_a=-1", sgd), true},
		{"sgd, a larger A alone", with("rslora", sgd), with("lora,init=-0.5", sgd), false},
		{"adam, a larger A and its rate", with("rslora", noEps), with("lora,init=-0.5,lr_a=-0.5", noEps), true},
		{"adam, a larger rate of B", with("rslora", noEps), with("lora,lr_b=-0.5", noEps), true},
		{"lion, a larger rate of B", with("rslora", lion), with("lora,lr_b=-0.5", lion), true},
		{"lion with weight decay", with("rslora", lion, decay), with("lora,lr_b=-0.5", lion, decay), false},
		{"sgd, a larger rate of B", with("rslora", sgd), with("lora,lr_b=-1", sgd), true},
		{"adam with ε", with("rslora"), with("lora,lr_b=-0.5"), false},
		{"adam with weight decay", with("rslora", noEps, decay), with("lora,lr_b=-0.5", noEps, decay), false},
		{"scaled-sgd, which looks at the other factor", with("rslora", scaled), with("lora,lr_b=-1", scaled), false},
		{"lora-rite, which does so too", with("rslora", rite, noEps), with("lora,lr_b=-0.5", rite, noEps), false},
		{"sgd, clipped", with("rslora", sgd, clip), with("lora,lr_b=-1", sgd, clip), false},
	} {
		if same := twinID(c.a) == twinID(c.b); same != c.same {
			t.Errorf("%s: %s and %s are the same function: %t", c.name, c.a.sizes(), c.b.sizes(), same)
		}
	}
}
