package peft

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
)

// patterns are a setting's values for some modules, in the order of the file.
type patterns[V any] []pattern[V]

// pattern is a value for the modules whose name, from its beginning or from a
// dot on, is matched to its end.
type pattern[V any] struct {
	name  expression
	value V
}

// of returns the value that the first pattern to match gives a module, or the
// one that modules have otherwise.
func (p patterns[V]) of(module string, otherwise V) (V, error) {
	for _, q := range p {
		if ok, err := q.name.matches(module); ok || err != nil {
			return q.value, err
		}
	}
	return otherwise, nil
}

// UnmarshalJSON reads an object whose order counts.
func (p *patterns[V]) UnmarshalJSON(text []byte) error {
	d := json.NewDecoder(bytes.NewReader(text))
	switch first, err := d.Token(); {
	case err != nil || first == nil:
		return err
	case first != json.Delim('{'):
		return errors.New("patterns must be an object of names to values")
	}
	for d.More() {
		key, err := d.Token()
		if err != nil {
			return err
		}
		var q pattern[V]
		if err := d.Decode(&q.value); err != nil {
			return fmt.Errorf("pattern %q: %w", key, err)
		}
		if q.name, err = compile(`^(?:.*\.)?(?:%s)$`, key.(string)); err != nil {
			return fmt.Errorf("pattern %w", err)
		}
		*p = append(*p, q)
	}
	return nil
}
