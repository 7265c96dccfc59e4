package results

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
)

// configPrefix comes before the path of a config field in the name of its column.
const configPrefix = "config."

// configField is one field of a config: its path, as in train.lr, and its cell.
type configField struct{ path, cell string }

// configReader takes configs apart. What many configs have in common it takes apart once.
type configReader struct {
	mu    sync.Mutex
	known map[string]map[string][]configField // by the name and the text of a field or a group
}

func newConfigReader() *configReader {
	return &configReader{known: make(map[string]map[string][]configField)}
}

// fields takes a config apart into its fields, in their order. Groups are one level
// deep: anything deeper is one cell of JSON, and so is an empty group.
func (c *configReader) fields(config json.RawMessage) (all []configField, err error) {
	if len(config) == 0 {
		return nil, nil
	}
	top, err := members(config)
	if err != nil {
		return nil, fmt.Errorf("config %w", err)
	}
	names := make(map[string]bool, len(top))
	for _, m := range top {
		own, err := c.group(m)
		if err != nil {
			return nil, err
		}
		all = append(all, own...)
		names[m.key] = true
	}
	if len(top) == 0 || len(names) < len(top) {
		return all, holds(all, config)
	}
	return all, nil
}

// group takes apart a field of a config that may be a group.
func (c *configReader) group(m member) ([]configField, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if known, ok := c.known[m.key][string(m.value)]; ok {
		return known, nil
	}
	all := groupFields(m)
	if err := holds(all, encodeObject([]member{m})); err != nil {
		return nil, err
	}
	if c.known[m.key] == nil {
		c.known[m.key] = make(map[string][]configField)
	}
	c.known[m.key][string(m.value)] = all
	return all, nil
}

func groupFields(m member) []configField {
	group, err := members(m.value)
	if err != nil || len(group) == 0 {
		return []configField{{m.key, configCell(m.value)}}
	}
	var all []configField
	for _, in := range group {
		all = append(all, configField{m.key + "." + in.key, configCell(in.value)})
	}
	return all
}

// pathsOf are the paths of fields.
func pathsOf(fields []configField) (paths []string) {
	for _, f := range fields {
		paths = append(paths, f.path)
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
