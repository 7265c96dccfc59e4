package experiments

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
)

// concerned is an error about some fields and keys of an experiment.
type concerned struct {
	keys []string // paths of fields, or keys of the file's top level
	err  error
}

func (c *concerned) Error() string { return c.err.Error() }
func (c *concerned) Unwrap() error { return c.err }

// about returns an error about fields by their paths, or about keys of the file's top level. The
// first one that the experiment has is where to look.
func about(keys ...string) func(message string, args ...any) error {
	return func(message string, args ...any) error { return &concerned{keys, fmt.Errorf(message, args...)} }
}

// About returns an error about the values of some fields of a config, with which
// [Experiment.InPlace] finds where to look.
func About(err error, names ...string) error {
	paths := make([]string, len(names))
	for i, name := range names {
		paths[i] = mustField(name).path
	}
	return &concerned{paths, err}
}

// InPlace puts before an error of a point of the grid where the experiment sets the field that it is
// about, or, if it is about none, which point it is.
func (e *Experiment) InPlace(p Point, err error) error {
	c, ok := errors.AsType[*concerned](err)
	if !ok {
		return e.inPlace(fmt.Errorf("%s: %w", p, err))
	}
	if place := e.ruledPlace(p.Config, c.keys); place != "" {
		return fmt.Errorf("experiments: %s: %w", place, err)
	}
	return e.inPlace(err)
}

// ruledPlace returns where the last rule that a config follows sets one of some fields, if any does.
func (e *Experiment) ruledPlace(c Config, paths []string) (place string) {
	for _, r := range e.When {
		for _, s := range r.Set {
			if r.If.holds(c) && slices.Contains(paths, mustField(s.Name).path) {
				place = s.place
			}
		}
	}
	return place
}

// pathsOf returns the paths of the fields that axes vary.
func pathsOf(axes ...Axis) (paths []string) {
	for _, a := range axes {
		paths = append(paths, mustField(a.Name).path)
	}
	return paths
}

// put notes where the experiment itself sets a field or a key: in a line of a file, or by --set.
func (e *Experiment) put(key, place string) {
	if e.places == nil {
		e.places = make(map[string]string)
	}
	e.places[key] = place
}

// inPlace puts before an error where in the experiment the first thing is that it is about, or else
// the experiment's name.
func (e *Experiment) inPlace(err error) error {
	var places []string
	if c, ok := errors.AsType[*concerned](err); ok {
		for _, key := range c.keys {
			places = append(places, e.placeOf(key))
		}
	}
	return fmt.Errorf("experiments: %s: %w", cmp.Or(append(places, e.Name)...), err)
}

// placeOf returns where a field or key is set, if anywhere.
func (e *Experiment) placeOf(key string) string {
	sets := func(s Setting) bool { return mustField(s.Name).path == key }
	if slices.ContainsFunc(e.When, func(r Rule) bool { return slices.ContainsFunc(r.Set, sets) }) {
		return cmp.Or(e.places[key], e.places["when"])
	}
	return e.places[key]
}
