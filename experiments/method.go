package experiments

import (
	"fmt"
	"reflect"
	"slices"

	"ranksweep/grid"
	"ranksweep/lora"
	"ranksweep/nn"
	"ranksweep/paper/number"
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

// Has reports whether the method has some traits.
func (a Adapter) Has(t lora.Traits) bool { return a.Trains().Traits().Has(t) }

// Ranked reports whether the method has a rank.
func (a Adapter) Ranked() bool { return a.Has(lora.Ranked) }

// use is a field that only some methods use, and says which.
type use struct {
	path string
	by   func(lora.Method) bool
}

// uses lists such fields.
var uses = []use{
	{"adapter.rank", with(lora.Ranked)},
	{"adapter.scaling", with(lora.Multiplied)},
	{"adapter.alpha", with(lora.Multiplied)},
	{"adapter.match_rank", with(lora.Multiplied)},
	{"adapter.fresh", with(lora.Seeded)},
	{"adapter.init", with(lora.Kinds)},
	{"adapter.decompose_factor", with(lora.Kronecker)},
	{"adapter.decompose_both", with(lora.Kronecker)},
	{"adapter.target_rank", with(lora.Budgeted)},
	{"adapter.tinit", with(lora.Budgeted)},
	{"adapter.tfinal", with(lora.Budgeted)},
	{"adapter.delta_t", with(lora.Budgeted)},
	{"adapter.importance_beta1", with(lora.Budgeted)},
	{"adapter.importance_beta2", with(lora.Budgeted)},
	{"adapter.orth_reg", with(lora.Budgeted)},
	{"adapter.orth_reg_weight", with(lora.Budgeted)},
	{"adapter.gamma_rank", with(lora.Budgeted)},
	{"train.lr_a", training(nn.RoleA)},
	{"train.lr_b", training(nn.RoleB)},
}

func with(t lora.Traits) func(lora.Method) bool {
	return func(m lora.Method) bool { return m.Traits().Has(t) }
}

func training(role nn.Role) func(lora.Method) bool {
	return func(m lora.Method) bool { return slices.Contains(m.Roles(), role) }
}

// unused returns the paths of the fields that the config's method does not use; none if there is
// no such method.
func (c Config) unused() (paths []string) {
	m, ok := lora.MethodNamed(c.Adapter.Method)
	for _, f := range uses {
		if ok && !f.by(m) {
			paths = append(paths, f.path)
		}
	}
	return paths
}

// Own lists the fields that one method alone uses.
func Own(method string) (names []string) {
	for _, f := range uses {
		if slices.Equal(f.users(), []string{method}) {
			names = append(names, mustField(f.path).name)
		}
	}
	return names
}

// users returns the methods that use the field.
func (f use) users() (names []string) {
	for _, name := range lora.Methods() {
		if m, _ := lora.MethodNamed(name); f.by(m) {
			names = append(names, name)
		}
	}
	return names
}

// Unused lists the fields that several methods use, and this one does not.
func Unused(method string) (names []string) {
	for _, f := range uses {
		if users := f.users(); len(users) > 1 && !slices.Contains(users, method) {
			names = append(names, mustField(f.path).name)
		}
	}
	if m, ok := lora.MethodNamed(method); ok && !m.Traits().Has(lora.Dropping) {
		names = append(names, "dropout")
	}
	return names
}

// idle returns the value that an unused field must have: 0 of the rank, and the default of others.
func (f field) idle() any {
	if f.path == "adapter.rank" {
		return 0
	}
	return f.of(usual)
}

// Canonical returns the point with the fields that its method does not use at the values that
// they must have, so that points that differ only there become equal. On the axes an unused
// scaling is the method's name, and other unused fields have no value.
func (p Point) Canonical() Point {
	unused := p.Config.unused()
	for _, path := range unused {
		f := mustField(path)
		f.set(&p.Config, f.idle())
	}
	for i, a := range p.Axes {
		switch f := mustField(a.Name); {
		case !slices.Contains(unused, f.path):
		case f.path == "adapter.rank":
			p.Axes[i].Value = format(0)
		case f.path == "adapter.scaling":
			p.Axes[i].Value = p.Config.Adapter.Method
		default:
			p.Axes[i] = grid.Coordinate{Name: a.Name}
		}
	}
	return p
}

// checkUnused finds a field that the experiment sets to one value, and that no point uses.
func (e *Experiment) checkUnused(points []Point) error {
	for _, path := range points[0].Config.unused() {
		f := mustField(path)
		value := format(f.get(e.Base))
		if path == "adapter.alpha" && e.perRank != 0 {
			value = format(e.perRank) + "r"
		}
		if e.axis(f) != nil || value == format(f.get(Defaults())) || value == format(f.idle()) {
			continue
		}
		idle := func(p Point) bool { return slices.Contains(p.Config.unused(), path) }
		if !slices.ContainsFunc(points, func(p Point) bool { return !idle(p) }) {
			return about(path, "adapter.method")("%s %s: method %s does not use it: leave it out", f.name,
				number.FullText(value), points[0].Config.Adapter.Method)
		}
	}
	return nil
}

// merges reports whether some axis is a field that the point's method does not use.
func (p Point) merges() bool {
	unused := p.Config.unused()
	return slices.ContainsFunc(p.Axes, func(a grid.Coordinate) bool {
		return slices.Contains(unused, mustField(a.Name).path)
	})
}

// checkMethod finds settings that the method cannot have.
func (c Config) checkMethod() error {
	a, name := c.Adapter, c.Adapter.Method
	config := reflect.ValueOf(c)
	for _, path := range c.unused() {
		f := mustField(path)
		if format(f.of(config)) != format(f.idle()) {
			return about(path, "adapter.method")("%s %s: method %s does not use it: must be %s", f.name,
				written(f.of(config)), name, written(f.idle()))
		}
	}
	switch s := a.Scaling; {
	case a.Has(lora.Even) && a.Rank%2 != 0:
		return about("adapter.rank", "adapter.method")("rank %d: must be even for method %s", a.Rank, name)
	case a.Dropout != 0 && !a.Has(lora.Dropping):
		return about("adapter.dropout", "adapter.method")("dropout %s: must be 0 for method %s, which drops no "+
			"inputs; to drop inputs of adapters alone, set dropout in when for the other methods",
			written(a.Dropout), name)
	case a.Has(lora.Multiplied) && !a.Has(lora.Factors) && (s.ZeroA || s.Init != 0):
		return about("adapter.scaling", "adapter.method")("scaling %s: method %s has first entries of its own: "+
			"must be without init and zero=a", s, name)
	}
	return nil
}
