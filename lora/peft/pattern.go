package peft

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"regexp"
)

// patterns are a setting's values for some modules, in the order of the file.
type patterns[V any] []pattern[V]

// pattern is a value for the modules whose name, from its beginning or from a
// dot on, is matched to its end.
type pattern[V any] struct {
	name  *regexp.Regexp
	value V
}

// of returns the value that the first pattern to match gives a module, or the
// one that modules have otherwise.
func (p patterns[V]) of(module string, otherwise V) V {
	for _, q := range p {
		if q.name.MatchString(module) {
			return q.value
		}
	}
	return otherwise
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
		if q.name, err = regexp.Compile(fmt.Sprintf(`^(?:.*\.)?(?:%s)$`, key)); err != nil {
			return fmt.Errorf("pattern %q: %w", key, err)
		}
		*p = append(*p, q)
	}
	return nil
}
