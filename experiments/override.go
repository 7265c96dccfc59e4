package experiments

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"gopkg.in/yaml.v3"
)

// Set applies overrides of the form field=value in order, and returns all their errors, joined.
// The value is YAML. If the field is an axis, its values are replaced. If it is not, a list
// makes it an axis. Targets are no exception: [q_proj, v_proj] are two values, [[q_proj, v_proj]]
// is one. Rules of when no longer set the field.
func (e *Experiment) Set(overrides ...string) error {
	var errs []error
	for _, o := range overrides {
		for _, err := range faults(e.override(o)) {
			errs = append(errs, fmt.Errorf("experiments: --set %s: %w", o, err))
		}
	}
	return errors.Join(errs...)
}

func (e *Experiment) override(o string) error {
	name, value, _ := strings.Cut(o, "=")
	if value == "" {
		return fmt.Errorf("the value is missing: write --set %s=VALUE", name)
	}
	if _, ok := fieldNamed(name); !ok {
		return unknownField(name)
	}
	n, err := parseYAML([]byte(value))
	if err != nil {
		return err
	}
	if n.LineComment+n.HeadComment+n.FootComment != "" {
		return errors.New("in YAML # begins a comment: put the value in quotes, as in --set 'data=\"a #1.jsonl\"'")
	}
	return e.setField(name, n, "--set "+o)
}

// setField gives a field new values, which come from place, and removes it from the rules of when.
func (e *Experiment) setField(name string, n *yaml.Node, place string) error {
	f := mustField(name)
	if err := e.replace(f, n); err != nil {
		return err
	}
	e.put(f.path, place)
	for i := range e.When {
		e.When[i].Set = slices.DeleteFunc(e.When[i].Set, func(s Setting) bool { return s.Name == f.name })
	}
	e.When = slices.DeleteFunc(e.When, func(r Rule) bool { return len(r.Set) == 0 })
	return nil
}

// replace gives a field its new value or values.
func (e *Experiment) replace(f field, n *yaml.Node) error {
	if f.name == "alpha" {
		e.perRank = 0
	}
	axis := e.axis(f)
	if axis == nil && n.Kind != yaml.SequenceNode && !f.isSpan(n) {
		return e.setBase(f, n)
	}
	values, err := f.parseValues(n)
	if err != nil {
		return err
	}
	if axis == nil {
		e.Grid = append(e.Grid, Axis{f.name, values})
	} else {
		axis.Values = values
	}
	return nil
}

// setBase gives a field of Base its value.
func (e *Experiment) setBase(f field, n *yaml.Node) error {
	if multiple, follows, err := f.perRank(n); follows || err != nil {
		e.perRank = multiple
		return err
	}
	value, err := f.parse(n)
	if err == nil {
		f.set(&e.Base, value)
	}
	return err
}

// axis returns the axis along which a field varies, or nil.
func (e *Experiment) axis(f field) *Axis {
	for _, axes := range append([]Zip{e.Grid, e.Nuisance}, e.Zip...) {
		for i := range axes {
			if axes[i].Name == f.name {
				return &axes[i]
			}
		}
	}
	return nil
}
