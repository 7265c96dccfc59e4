package results

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
)

// configPrefix comes before the path of a config field in the name of its column.
const configPrefix = "config."

// configField is one field of a config: its path, as in train.lr, and its cell.
type configField struct{ path, cell string }

// configFields takes a config apart into its fields, in their order. Groups are one level
// deep: anything deeper is one cell of JSON, and so is an empty group.
func configFields(config json.RawMessage) ([]configField, error) {
	if len(config) == 0 {
		return nil, nil
	}
	var all []configField
	err := eachConfigField(config, func(path string, value json.RawMessage) {
		all = append(all, configField{path, configCell(value)})
	})
	if err == nil {
		err = holds(all, config)
	}
	return all, err
}

// eachConfigField calls see for each field, with its path.
func eachConfigField(config json.RawMessage, see func(path string, value json.RawMessage)) error {
	top, err := members(config)
	for _, t := range top {
		group, groupErr := members(t.value)
		if groupErr != nil || len(group) == 0 {
			group = []member{{"", t.value}}
		}
		for _, m := range group {
			path := t.key
			if m.key != "" {
				path += "." + m.key
			}
			see(path, m.value)
		}
	}
	return err
}

// configPaths are the paths of the fields of a config. What is wrong with it, [configFields] says.
func configPaths(config json.RawMessage) (paths []string) {
	if len(config) > 0 {
		eachConfigField(config, func(path string, _ json.RawMessage) { paths = append(paths, path) })
	}
	return paths
}

// holds reports a config that cannot be restored from its fields: it is no object of
// fields, or has a name that no field may have.
func holds(fields []configField, config json.RawMessage) error {
	back, err := configOf(fields)
	for _, f := range fields {
		err = errors.Join(err, checkPath(f.path))
	}
	if err != nil || !sameJSON(back, config) {
		return errors.New("config cannot be columns: " +
			"it must be an object of fields and of groups of fields, whose names have no dots")
	}
	return nil
}

// configOf puts a config together from its fields. A field with an empty cell is left
// out; if all are empty there is no config.
func configOf(fields []configField) (json.RawMessage, error) {
	var top []*group
	for _, f := range fields {
		if f.cell == "" {
			continue
		}
		value, err := configValue(f.cell)
		if err != nil {
			return nil, fmt.Errorf("column %s%s: %.40q: %w", configPrefix, f.path, f.cell, err)
		}
		name, key, in := strings.Cut(f.path, ".")
		i := slices.IndexFunc(top, func(g *group) bool { return g.name == name })
		if i < 0 {
			i, top = len(top), append(top, &group{name: name})
		}
		if top[i].single || !in && len(top[i].members) > 0 {
			return nil, fmt.Errorf("column %s%s: %s is both a field and a group of fields", configPrefix, f.path, name)
		}
		top[i].single = !in
		top[i].members = append(top[i].members, member{key, value})
	}
	return encodeGroups(top), nil
}

// checkPath checks that the path of a config column is field or group.field.
func checkPath(path string) error {
	name, key, in := strings.Cut(path, ".")
	if name == "" || in && key == "" || strings.Contains(key, ".") {
		return fmt.Errorf("column %q: must be %sfield or %sgroup.field", configPrefix+path, configPrefix, configPrefix)
	}
	return nil
}

func configColumns(paths []string) []Column {
	var columns []Column
	for _, path := range paths {
		columns = append(columns, Column{
			configPrefix + path, "", "field " + path + " of the resolved config, a text or JSON",
		})
	}
	return columns
}

// configCells are the cells of the fields with the given paths, empty for one that is not there.
func configCells(fields []configField, paths []string) (cells []string) {
	for _, path := range paths {
		cell := ""
		if i := slices.IndexFunc(fields, func(f configField) bool { return f.path == path }); i >= 0 {
			cell = fields[i].cell
		}
		cells = append(cells, cell)
	}
	return cells
}

// readConfigCell reads the cell of the field with a path.
func readConfigCell(path string) cellReader {
	return func(r *runRow, cell string) error {
		if cell != "" {
			r.config = append(r.config, configField{path, strings.Clone(cell)})
		}
		return nil
	}
}
