package experiments

import "fmt"

// Scales are the sizes at which the reproduction runs: full for what can be
// claimed, small to see in minutes that it works.
var Scales = []string{"full", "small"}

// Overrides returns what [sweep.Experiment.Set] takes to run an experiment of
// the reproduction at a scale: full is for two cores and a few hours.
// Comparisons take nine seeds: fewer cannot separate two losses once P values
// are corrected for the ranks compared.
func Overrides(name, scale string) ([]string, error) {
	switch scale {
	case "full":
		return full[name], nil
	case "small":
		return small[name], nil
	}
	return nil, fmt.Errorf("experiments: scale %q: must be one of %q", scale, Scales)
}

const (
	nineSeeds = "seed=[0,1,2,3,4,5,6,7,8]"
	fiveSeeds = "seed=[0,1,2,3,4]"
)

var full = map[string][]string{
	"paper-fig2-3":    {nineSeeds, "steps=60", "validation=128", "eval_every=30", "modules_every=0"},
	"paper-fig4":      {fiveSeeds, "steps=30", "eval_every=0", "probe_every=0", "modules_every=0"},
	"paper-fig5":      {fiveSeeds, "steps=30", "eval_every=0", "probe_every=0", "modules_every=0"},
	"paper-attention": {fiveSeeds, "steps=30", "eval_every=0", "probe_every=0", "modules_every=0"},
	"paper-rates":     {"validation=128", "every=1000", "eval_every=0", "probe_every=0", "modules_every=0"},
}

var small = map[string][]string{
	"paper-fig2-3":    {nineSeeds, "rank=[4,32,256]", "batch=2", "context=128", "steps=15", "validation=16", "eval_every=5", "probe_every=5", "modules_every=0"},
	"paper-fig4":      {"rank=[4,32,256]", "batch=2", "context=128", "steps=8", "validation=8", "modules_every=0"},
	"paper-fig5":      {"rank=[4,32,256]", "batch=2", "context=128", "steps=8", "validation=8", "modules_every=0"},
	"paper-init":      {"seed=[0,1,2]", "rank=64", "context=64", "steps=10", "validation=16", "lr=[3e-4,3e-3]"},
	"paper-rates":     {"rank=[4,256]", "lr=[5e-5,5e-4,5e-3]", "batch=2", "context=128", "steps=10", "validation=16", "modules_every=0"},
	"paper-attention": {"rank=[4,32,256]", "batch=2", "context=128", "steps=8", "validation=8", "modules_every=0"},
	"paper-scalings":  {"rank=[4,32,256]", "batch=1", "context=64"},
	"theory":          {"rank=[4,16,64,256]", "seed=[0,1,2,3,4,5]", "scaling=[rslora,lora]"},
	"finite-ranks":    {"rank=[4,64,1024]", fiveSeeds},
	"first-steps":     {"rank=[4,64]", fiveSeeds, "batch=1", "context=64"},
	"one-rate":        {"seed=[0,1,2]", "rank=[4,64]", "lr=[3e-4,6e-4]", "steps=40", "validation=16", "eval_every=20"},
	"equal-cost":      {"seed=[0,1,2]", "steps=[40,28,15,30]", "context=64", "validation=16", "lr=[3e-4,3e-3]"},
	"best-rates":      {"rank=[4,64]", "seed=[0,1,2]", "lr=[5e-4,1e-3,2e-3,4e-3,8e-3]", "steps=15", "validation=16"},
	"rates-sgd":       {"rank=[4,64]", "seed=[0,1,2]", "lr=[0.25,0.5,1,2,4]", "context=64", "validation=16"},
	"rates-muon":      {"rank=[4,64]", "seed=[0,1,2]", "context=64", "steps=6", "validation=8"},
	"tuned":           {"seed=[0,1,2]", "rank=[4,64]", "context=64", "steps=10", "validation=16", "lr=[3e-4,3e-3,3e-2]"},
	"init":            {"seed=[0,1,2,3,4,5]", "rank=[4,64]", "batch=1", "context=64"},
	"init-losses":     {"seed=[0,1,2]", "rank=[4,64]", "context=64", "steps=10", "validation=16", "lr=[5e-4,4e-3]"},
}
