package sweep

import (
	"math"
	"os"
	"testing"

	"ranksweep/lora"
)

func function(c Config) string { return c.FunctionID("m", "d", 1) }

// Schemes that are one function by the optimizer's exact invariance have one
// FunctionID, and others, or where something breaks the invariance, have not.
func TestFunctionID(t *testing.T) {
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
		{"sgd, clipped", with("rslora", sgd, clip), with("lora,lr_b=-1", sgd, clip), false},
	} {
		if same := function(c.a) == function(c.b); same != c.same {
			t.Errorf("%s: %s and %s are the same function: %t", c.name, c.a.function(), c.b.function(), same)
		}
	}
}

// TestTwinsLearnTheSame trains two schemes of one FunctionID: their losses agree
// to the rounding of float32, and those of another do not.
func TestTwinsLearnTheSame(t *testing.T) {
	c := testConfig(t)
	c.Train.Optimizer, c.Train.LR, c.Adapter.Rank, c.Adapter.Alpha = "sgd", 0.3, 9, 4
	train := func(scheme string) (string, float64) {
		c := c
		c.Adapter.Scaling = must(lora.ParseScheme(scheme))
		return function(c), statistic(t, trainOne(t, c), "val_loss")
	}
	id, want := train("rslora")
	twin, got := train("lora,init=-0.5,lr_a=-1")
	if id != twin || math.Abs(got-want) > 1e-5 {
		t.Errorf("validation loss %g and, of its twin, %g", want, got)
	}
	if other, got := train("lora"); id == other || math.Abs(got-want) < 1e-3 {
		t.Errorf("validation loss %g and, of another function, %g", want, got)
	}
}

// TestTwinsUnderEvenUpdates: at rank 16 the factors between twins are powers of
// two, which change no sign and no rounding, so that losses agree to that of
// the merged or factored sums.
func TestTwinsUnderEvenUpdates(t *testing.T) {
	for _, optimizer := range []string{"adafactor", "lion", "signsgd", "muon"} {
		c := testConfig(t)
		c.Train.Optimizer, c.Train.LR, c.Adapter.Rank = optimizer, 2e-3, 16
		train := func(scheme string) (string, float64) {
			c := c
			c.Adapter.Scaling = must(lora.ParseScheme(scheme))
			return function(c), statistic(t, trainOne(t, c), "val_loss")
		}
		id, want := train("rslora")
		twin, got := train("lora,init=-0.5,lr_a=-0.5")
		if id != twin || math.Abs(got-want) > 1e-5 {
			t.Errorf("%s: validation loss %g and, of its twin, %g", optimizer, want, got)
		}
		if other, got := train("lora"); id == other || math.Abs(got-want) < 1e-3 {
			t.Errorf("%s: validation loss %g and, of another function, %g", optimizer, want, got)
		}
	}
}

func TestPlanNamesTwins(t *testing.T) {
	e := read(t, `name: twins
data: {source: `+testData(t)+`, validation: 4}
model: `+testModel(t)+`
train: {optimizer: sgd, context: 32, steps: 1}
grid: {rank: [4, 16], scaling: [lora, rslora], match_rank: [0, 4], seed: [0, 1]}
`)
	p, err := NewPlan(e, NewLocal(os.DirFS(t.TempDir())))
	check(t, err)
	got := make(map[string]string)
	for _, j := range p.Jobs {
		if twin := p.Twins()[j.ID]; twin != "" {
			got[j.String()] = twin
		}
	}
	const rest = ", written in another way: they differ by rounding alone"
	for job, want := range map[string]string{
		"rank=4 scaling=lora match_rank=4 seed=0":   "the same function as match_rank=0",
		"rank=4 scaling=rslora match_rank=4 seed=1": "the same function as scaling=lora match_rank=0",
		"rank=16 scaling=lora match_rank=4 seed=1":  "the same function as match_rank=0",
	} {
		if got[job] != want+rest {
			t.Errorf("%s: %q, want %q", job, got[job], want)
		}
	}
	if len(got) != 6 {
		t.Errorf("%d twins, want 6: %q", len(got), got)
	}
}
