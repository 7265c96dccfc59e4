package peft

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
)

// patterns are the values of a setting for some modules, in the order of the file.
type patterns[V any] []pattern[V]

// pattern is a value for the modules that its expression matches: either the whole name,
// or everything after one of the name's dots.
type pattern[V any] struct {
	name  Expression
	value V
}

// of returns the value of the first pattern that matches a module, or otherwise if none
// does.
func (p patterns[V]) of(module string, otherwise V) (V, error) {
	for _, q := range p {
		if ok, err := q.name.Matches(module); ok || err != nil {
			return q.value, err
		}
	}
	return otherwise, nil
}

// patternFormat is the expression around a pattern's name.
const patternFormat = `^(?:.*\.)?(?:%s)$`

// Pattern compiles a key of rank_pattern or alpha_pattern.
func Pattern(key string) (Expression, error) { return compile(patternFormat, key) }

// UnmarshalJSON reads an object and keeps the order of its keys.
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
		if q.name, err = compile(patternFormat, key.(string)); err != nil {
			return fmt.Errorf("pattern %w", err)
		}
		*p = append(*p, q)
	}
	return nil
}
