package analysis

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"

	"ranksweep/grid"
	"ranksweep/results"
)

// Differing names the config fields in which two runs differ, without their groups, in
// alphabetical order, without those in except. Models and data are compared by their content: the
// fields that name them are left out.
func Differing(a, b results.Run, except ...string) []string {
	x, y := configFields(a.Config), configFields(b.Config)
	all := maps.Clone(x)
	maps.Copy(all, y)
	var names []string
	for path := range all {
		name := path[strings.LastIndex(path, ".")+1:]
		if x[path] != y[path] && !slices.Contains(append(except, "model", "source"), name) {
			names = append(names, name)
		}
	}
	return distinct(names)
}

// Field returns a field of the config that the cell's runs share, by its path, such as
// train.batch; empty if the config has no such field.
func (c Cell) Field(path string) string { return configFields(c.Runs[0].Config)[path] }

// configFields are the fields of a config by their paths, as texts.
func configFields(config json.RawMessage) map[string]string {
	all := make(map[string]string)
	for path, value := range ConfigFields(config) {
		all[path] = fmt.Sprint(value)
	}
	return all
}

// Coordinates are the fields of a run's config as they stand on axes, in order of name: those that it has.
func Coordinates(r results.Run) (all []grid.Coordinate) {
	fields := configFields(r.Config)
	for _, path := range slices.Sorted(maps.Keys(fields)) {
		name := path[strings.LastIndex(path, ".")+1:]
		if path == "data.source" {
			name = "data"
		}
		all = append(all, grid.Coordinate{Name: name, Value: fields[path]})
	}
	return all
}

// ConfigFields returns the fields of a config by their paths; a config has groups one level deep. A value is a
// number, a text, a truth or a list.
func ConfigFields(config json.RawMessage) map[string]any {
	var top map[string]any
	json.Unmarshal(config, &top) // a stored config is valid; an empty one has no fields
	all := make(map[string]any)
	for path, value := range top {
		group, ok := value.(map[string]any)
		if !ok {
			all[path] = value
		}
		for name, value := range group {
			all[path+"."+name] = value
		}
	}
	return all
}
