package experiments

import (
	"fmt"
	"slices"

	"ranksweep/grid"
	"ranksweep/lora"
)

// Trains returns the method that trains the targeted maps. It panics if the config was
// not validated.
func (a Adapter) Trains() lora.Method {
	m, ok := lora.MethodNamed(a.Method)
	if !ok {
		panic(fmt.Sprintf("experiments: method %q was not validated", a.Method))
	}
	return m
}

// Ranked reports whether the method has a rank, and so trains an adapter.
func (a Adapter) Ranked() bool { return a.Trains().Ranked() }

// rankless reports whether the config has a method without a rank.
func (c Config) rankless() bool {
	m, ok := lora.MethodNamed(c.Adapter.Method)
	return ok && !m.Ranked()
}

// ranked lists the paths of the fields that only a method with a rank uses.
var ranked = []string{
	"adapter.rank", "adapter.scaling", "adapter.alpha", "adapter.match_rank", "adapter.fresh", "adapter.init",
	"train.lr_a", "train.lr_b",
}

// Canonical returns the point itself if its method has a rank. Otherwise it returns
// the point with rank 0 and with the other fields of [ranked] at their defaults, so
// that points that differ only there become equal. On the axes the scaling is then
// the method's name, and the other ranked fields have no value.
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
			p.Axes[i] = grid.Coordinate{Name: a.Name}
		}
	}
	return p
}

// checkMethod finds settings that a method without a rank cannot have.
func (c Config) checkMethod() error {
	name := c.Adapter.Method
	for _, path := range ranked {
		f := mustField(path)
		want := f.get(Defaults())
		if path == "adapter.rank" {
			want = 0
		}
		if format(f.get(c)) != format(want) {
			return about(path, "adapter.method")("%s %s: method %s does not use it: must be %s", f.name,
				written(f.get(c)), name, written(want))
		}
	}
	if c.Adapter.Dropout != 0 {
		return about("adapter.dropout", "adapter.method")("dropout %s: must be 0 for method %s, which has no adapter; "+
			"to drop inputs of adapters alone, set dropout in when for the other methods",
			written(c.Adapter.Dropout), name)
	}
	return nil
}
