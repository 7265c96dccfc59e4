package foreign

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"

	"gopkg.in/yaml.v3"

	"ranksweep/lora"
	"ranksweep/misspelt"
	"ranksweep/userfile"
)

// Map says what the columns of a CSV mean, and what all its runs share. Files of other kinds say what their fields
// mean; a map then has values alone.
type Map struct {
	Name      string            `yaml:"name"`      // of the store; the usual one is imported
	Columns   map[string]string `yaml:"columns"`   // by field, quantity, step or run
	Values    map[string]string `yaml:"values"`    // of fields that no column has, the same for all runs
	Axes      []string          `yaml:"axes"`      // further columns in which runs differ
	Runs      settingsOf        `yaml:"runs"`      // in a file with a column for each run, what each has of fields
	Separator string            `yaml:"separator"` // of columns: a comma, a semicolon or a tab; found if it is absent
	Decimal   string            `yaml:"decimal"`   // the sign before decimals, a point or a comma
	NaN       string            `yaml:"nan"`       // diverged: a value that is no number says that the run diverged

	file string // for errors
}

// settingsOf are values of fields, by run.
type settingsOf map[string]map[string]string

// The columns that are no field and no quantity.
const (
	stepColumn = "step" // updates made when the row was measured
	runColumn  = "run"  // tells runs apart whose settings are equal
)

// mapKeys are the keys of a map.
var mapKeys = []string{"name", "columns", "values", "axes", "runs", "separator", "decimal", "nan"}

// ReadMap reads a map file.
func ReadMap(path string) (*Map, error) {
	text, err := userfile.Read(path, userfile.Settings)
	if err != nil {
		return nil, fmt.Errorf("foreign: map: %w", err)
	}
	m, err := parseMap(text)
	if err != nil {
		return nil, fmt.Errorf("foreign: %s: %s", path, strings.TrimPrefix(err.Error(), "yaml: "))
	}
	m.file = path
	return m, nil
}

func parseMap(text []byte) (*Map, error) {
	var node, more yaml.Node
	in := yaml.NewDecoder(bytes.NewReader(text))
	if err := in.Decode(&node); err != nil && err != io.EOF {
		return nil, err
	}
	if in.Decode(&more) != io.EOF {
		return nil, errors.New("a second document begins: a file holds one map")
	}
	if len(node.Content) == 0 || node.Content[0].Kind != yaml.MappingNode {
		return nil, fmt.Errorf("must be keys with values: %s", strings.Join(mapKeys, ", "))
	}
	root := node.Content[0]
	for i := 0; i < len(root.Content); i += 2 {
		if key := root.Content[i]; !slices.Contains(mapKeys, key.Value) {
			return nil, fmt.Errorf("line %d: %w", key.Line, misspelt.Unknown("key", key.Value, mapKeys))
		}
	}
	m := new(Map)
	if err := root.Decode(m); err != nil {
		return nil, err
	}
	return m, m.check()
}

// check refuses what no file could be read with.
func (m *Map) check() error {
	known := slices.Concat(fieldNames(), []string{stepColumn, runColumn}, quantityNames())
	for _, name := range slices.Sorted(maps.Keys(m.Columns)) {
		if !slices.Contains(known, name) {
			return fmt.Errorf("columns: %w; a column in which runs differ besides goes under axes",
				misspelt.Unknown("field", name, known))
		}
		if _, both := m.Values[name]; both {
			return fmt.Errorf("%s: is under columns and under values: remove one of the two", name)
		}
	}
	for _, name := range slices.Sorted(maps.Keys(m.Values)) {
		if err := newTrial("").state(name, m.Values[name]); err != nil {
			return fmt.Errorf("values: %w", err)
		}
	}
	if err := m.checkRuns(); err != nil {
		return err
	}
	for _, name := range m.Axes {
		if slices.Contains(known, name) {
			return fmt.Errorf("axes: %q: is the name of a field: put it under columns", name)
		}
	}
	for _, c := range []struct {
		key, value string
		allowed    []string
	}{
		{"separator", m.Separator, []string{"", ",", ";", "\t"}}, {"decimal", m.Decimal, []string{"", ".", ","}},
		{"nan", m.NaN, []string{"", "diverged"}},
	} {
		if !slices.Contains(c.allowed, c.value) {
			return fmt.Errorf("%s %q: must be one of %q", c.key, c.value, c.allowed[1:])
		}
	}
	return nil
}

// names reports whether a column, a value or every run has a field.
func (m *Map) names(field string) bool {
	if len(m.Runs) > 0 && m.Values[field] == "" {
		return !slices.ContainsFunc(slices.Collect(maps.Values(m.Runs)), func(of map[string]string) bool {
			return of[field] == ""
		})
	}
	return m.Columns[field] != "" || m.Values[field] != ""
}

// complete refuses a map with which no CSV can be read.
func (m *Map) complete() error {
	full := m.Values[schemeField] == lora.FullMethod || m.Columns[schemeField] != ""
	measured := slices.ContainsFunc(quantityNames(), func(q string) bool { return m.Columns[q] != "" })
	switch {
	case len(m.Runs) > 0 && m.Columns[stepColumn] == "":
		return errors.New("names no step: a file with a column for each run has one of the step: write step: COLUMN " +
			"under columns")
	case !m.names(rankField) && !full:
		return errors.New("names no rank: write rank: COLUMN under columns, or rank: NUMBER under values")
	case !m.names(rateField):
		return errors.New("names no learning rate: write lr: COLUMN under columns, or lr: NUMBER under values")
	case m.Columns[stepColumn] == "" && !m.names(stepsField):
		return errors.New("names no step: write step: COLUMN under columns or, if a row is a whole run, " +
			"steps: NUMBER under values")
	case !measured:
		return errors.New("names nothing that was measured: write val_loss, train_loss or grad_norm: COLUMN " +
			"under columns")
	}
	return nil
}

// share gives a trial the values of the map.
func (m *Map) share(t *trial) error {
	if m == nil {
		return nil
	}
	for _, name := range slices.Sorted(maps.Keys(m.Values)) {
		if err := t.state(name, m.Values[name]); err != nil {
			return fmt.Errorf("%s: values: %w", m.file, err)
		}
	}
	return nil
}
