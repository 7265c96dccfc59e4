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
			all = append(all, configField{path, configCell(m.value)})
		}
	}
	if err == nil {
		err = holds(all, config)
	}
	return all, err
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

// group is a group of fields, or a single one.
type group struct {
	name    string
	single  bool
	members []member
}

func encodeGroups(groups []*group) json.RawMessage {
	if len(groups) == 0 {
		return nil
	}
	var all []member
	for _, g := range groups {
		value := g.members[0].value
		if !g.single {
			value = encodeObject(g.members)
		}
		all = append(all, member{g.name, value})
	}
	return encodeObject(all)
}

// checkPath checks that the path of a config column is field or group.field.
func checkPath(path string) error {
	name, key, in := strings.Cut(path, ".")
	if name == "" || in && key == "" || strings.Contains(key, ".") {
		return fmt.Errorf("column %q: must be %sfield or %sgroup.field", configPrefix+path, configPrefix, configPrefix)
	}
	return nil
}

// mergeOrders merges lists into one that keeps the order of each: a new item is placed
// after the item that it follows in its own list.
func mergeOrders(lists [][]string) []string {
	lists = slices.Clone(lists)
	slices.SortStableFunc(lists, func(a, b []string) int { return len(b) - len(a) })
	var merged []string
	for _, list := range lists {
		next := 0
		for _, name := range list {
			if i := slices.Index(merged, name); i >= 0 {
				next = i + 1
				continue
			}
			merged = slices.Insert(merged, next, name)
			next++
		}
	}
	return merged
}
