package experiments

import (
	"slices"

	"ranksweep/nn"
)

// rules returns the rules that set values in matching configs. The rules of
// optimizers, which set customary values, and those of an alpha that follows the rank come first, so
// that When can overrule them.
func (e *Experiment) rules() []Rule {
	used := []any{e.Base.Train.Optimizer}
	if axis := e.axis(mustField("optimizer")); axis != nil {
		used = axis.Values
	}
	var rules []Rule
	for _, name := range nn.Optimizers() {
		if set := e.customary(name); len(set) > 0 && contains(used, name) {
			rules = append(rules, Rule{If: Match{{"optimizer", []any{name}}}, Set: set})
		}
	}
	return slices.Concat(rules, e.alphaRules(), e.When)
}

// customary returns the settings that are customary for an optimizer, as far as they
// differ from Defaults and the experiment does not set them itself.
func (e *Experiment) customary(optimizer string) []Setting {
	own, _ := nn.DefaultOptimizer(optimizer) // rules knows that there is one
	usual := Defaults().Train
	var set []Setting
	for _, s := range []struct {
		name       string
		own, usual float64 // own is 0 for a setting that the optimizer lacks
	}{
		{"momentum", own.Momentum, usual.Momentum},
		{"beta1", own.Beta1, usual.Beta1},
		{"beta2", own.Beta2, usual.Beta2},
		{"eps", own.Eps, usual.Eps},
		{"damping", own.Damping, usual.Damping},
	} {
		f := mustField(s.name)
		if s.own != 0 && s.own != s.usual && e.places[f.path] == "" && e.axis(f) == nil {
			set = append(set, Setting{Name: s.name, Value: s.own})
		}
	}
	return set
}

// Names reports whether the file or an override gives a field a value, in all runs or in some.
func (e *Experiment) Names(name string) bool {
	return e.places[mustField(name).path] != "" || slices.ContainsFunc(e.When, func(r Rule) bool {
		return slices.ContainsFunc(r.Set, func(s Setting) bool { return s.Name == name })
	})
}
