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

const nineSeeds = "seed=[0,1,2,3,4,5,6,7,8]"

var full = map[string][]string{
	"paper-fig2-3":    {nineSeeds, "steps=60"},
	"paper-fig4":      {"steps=30"},
	"paper-fig5":      {"steps=30"},
	"paper-init":      {nineSeeds, "rank=[4,2048]", "steps=20"},
	"paper-attention": {"steps=30"},
	"paper-scalings":  {"steps=20"},
}

var small = map[string][]string{
	"paper-fig2-3":    {nineSeeds, "rank=[4,32,256]", "batch=2", "context=128", "steps=15", "validation=16", "eval_every=5", "probe_every=5", "modules_every=0"},
	"paper-fig4":      {"rank=[4,32,256]", "batch=2", "context=128", "steps=8", "validation=8", "modules_every=0"},
	"paper-fig5":      {"rank=[4,32,256]", "batch=2", "context=128", "steps=8", "validation=8", "modules_every=0"},
	"paper-init":      {nineSeeds, "rank=[4,256]", "batch=2", "context=128", "steps=10", "validation=16", "modules_every=0"},
	"paper-rates":     {"rank=[4,256]", nineSeeds, "lr=[5e-5,5e-4,5e-3]", "batch=2", "context=128", "steps=10", "validation=16", "modules_every=0"},
	"paper-attention": {"rank=[4,32,256]", "batch=2", "context=128", "steps=8", "validation=8", "modules_every=0"},
	"paper-scalings":  {"rank=[4,32,256]", "batch=2", "context=128", "steps=2", "validation=4", "modules_every=0"},
	"theory":          {"rank=[4,16,64,256]", "seed=[0,1,2,3,4,5]", "scaling=[rslora,lora]"},
	"finite-ranks":    {"rank=[4,64,1024]", "seed=[0,1,2,3,4]"},
	"phase":           {"scaling=[constant,rslora,lora]", "context=64", "steps=6", "validation=8"},
	"best-rates":      {"rank=[4,64]", "seed=[0,1,2]", "lr=[3e-4,1e-3,3e-3,1e-2,3e-2]", "steps=15", "validation=16"},
	"tuned":           {"rank=[4,64]", "batch=2", "context=128", "steps=10", "validation=16", "lr=[3e-4,3e-3,3e-2]"},
	"init":            {"seed=[0,1,2,3,4,5]", "rank=[4,64]", "batch=1", "context=64", "steps=3", "validation=4"},
}
