package experiments

import (
	"fmt"
	"slices"

	"ranksweep/lora"
	"ranksweep/results"
)

// method is how the targeted maps are trained.
func (a Adapter) Trains() lora.Method {
	m, ok := lora.MethodNamed(a.Method)
	if !ok {
		panic(fmt.Sprintf("sweep: method %q was not validated", a.Method))
	}
	return m
}

// Ranked reports whether what trains has a rank, and so is an adapter.
func (a Adapter) Ranked() bool { return a.Trains().Ranked() }

// rankless reports whether the config has a method without a rank.
func (c Config) rankless() bool {
	m, ok := lora.MethodNamed(c.Adapter.Method)
	return ok && !m.Ranked()
}

// ranked are the paths of the fields that a method without a rank has not.
var ranked = []string{
	"adapter.rank", "adapter.scaling", "adapter.alpha", "adapter.match_rank", "adapter.fresh", "adapter.init",
	"train.lr_a", "train.lr_b",
}

// Canonical returns the point where its method has no rank with rank 0 and all else
// that a rank brings at its default, so that points that differ in nothing else
// are one. Its axes say so: the scaling is then the method's name, and the others
// have no value.
func (p Point) Canonical() Point {
	if !p.Config.rankless() {
		return p
	}
	usual := Defaults()
	usual.Adapter.Rank = 0
	for _, path := range ranked {
		f := mustField(path)
		f.set(&p.Config, f.get(usual))
	}
	for i, a := range p.Axes {
		switch f := mustField(a.Name); {
		case f.path == "adapter.rank":
			p.Axes[i].Value = format(0)
		case f.path == "adapter.scaling":
			p.Axes[i].Value = p.Config.Adapter.Method
		case slices.Contains(ranked, f.path):
			p.Axes[i] = results.Axis{Name: a.Name}
		}
	}
	return p
}

// checkMethod finds what a method without a rank cannot have.
func (c Config) checkMethod() error {
	name := c.Adapter.Method
	for _, path := range ranked {
		f := mustField(path)
		want := f.get(Defaults())
		if path == "adapter.rank" {
			want = 0
		}
		if got := format(f.get(c)); got != format(want) {
			return fmt.Errorf("%s %s: method %s has none: must be %s", f.name, got, name, format(want))
		}
	}
	switch {
	case c.Adapter.Dropout != 0:
		return fmt.Errorf("dropout %g: method %s has no adapter to drop inputs of: must be 0; "+
			"when can set it for other methods alone", c.Adapter.Dropout, name)
	case c.Train.Precision != Float32Precision:
		return fmt.Errorf("precision %s: method %s trains the weights themselves, in float32: must be %s",
			c.Train.Precision, name, Float32Precision)
	}
	return nil
}
