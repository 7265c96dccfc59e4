package experiments

import (
	"errors"
	"fmt"
	"reflect"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"gopkg.in/yaml.v3"

	"ranksweep/lora"
	"ranksweep/paper/number"
)

// A field is one leaf of Config. Files, axes, conditions, overrides and identities
// all use one list of these fields.
type field struct {
	path  string // adapter.rank
	group string // adapter; empty at the top level
	key   string // rank, its key in the group
	name  string // its name in axes and tables: the key, or data for data.source
	index []int  // for reflect
	late  bool   // see [Config]
}

// usual is the config of Defaults.
var usual = reflect.ValueOf(Defaults())

// fields lists the leaves of Config in order of declaration.
var fields = listFields()

func listFields() []field {
	var list []field
	for _, top := range reflect.VisibleFields(reflect.TypeFor[Config]()) {
		key, option, _ := strings.Cut(top.Tag.Get("json"), ",")
		if top.Type.Kind() != reflect.Struct {
			list = append(list, field{path: key, key: key, name: key, index: top.Index, late: option == "omitempty"})
			continue
		}
		for _, leaf := range reflect.VisibleFields(top.Type) {
			name, option, _ := strings.Cut(leaf.Tag.Get("json"), ",")
			index := append(slices.Clone(top.Index), leaf.Index...)
			f := field{group: key, key: name, index: index, late: option == "omitempty"}
			f.path, f.name = f.group+"."+f.key, f.key
			if f.path == "data.source" {
				f.name = "data"
			}
			list = append(list, f)
		}
	}
	return list
}

// fieldNamed finds a field by its name or path.
func fieldNamed(name string) (field, bool) {
	f, ok := byName[name]
	return f, ok
}

// byName has each field by its name and by its path. The first field of a name counts.
var byName = indexFields()

func indexFields() map[string]field {
	all := make(map[string]field)
	for _, f := range slices.Backward(fields) {
		all[f.name], all[f.path] = f, f
	}
	return all
}

// mustField is fieldNamed for names that are taken from the list of fields.
func mustField(name string) field {
	f, ok := fieldNamed(name)
	if !ok {
		panic(fmt.Sprintf("experiments: no field is named %q", name))
	}
	return f
}

// fieldNames lists the names of the fields, in order of declaration.
func fieldNames() []string {
	var names []string
	for _, f := range fields {
		names = append(names, f.name)
	}
	return names
}

// groupKeys lists the keys of a group of fields, or those at the top level.
func groupKeys(group string) []string {
	var keys []string
	for _, f := range fields {
		if f.group == group {
			keys = append(keys, f.key)
		}
	}
	return keys
}

func (f field) get(c Config) any { return f.of(reflect.ValueOf(c)) }

// of is get for a config that many fields are taken from.
func (f field) of(config reflect.Value) any { return config.FieldByIndex(f.index).Interface() }

func (f field) set(c *Config, value any) {
	reflect.ValueOf(c).Elem().FieldByIndex(f.index).Set(reflect.ValueOf(value))
}

// zero is 0 or none, which says the type of the field.
func (f field) zero() any { return f.get(Config{}) }

// isDefault reports whether the field has its default value.
func (f field) isDefault(c Config) bool { return f.isUsual(f.get(c)) }

func (f field) isUsual(value any) bool { return reflect.DeepEqual(value, f.of(usual)) }

// parse reads a value of the field's type and checks its bounds.
func (f field) parse(n *yaml.Node) (any, error) {
	value, err := f.read(n)
	if err == nil {
		err = bounds[f.path].check(value)
	}
	if err != nil {
		return nil, at(n, "%s %s: %w%s", f.name, shown(n), err, f.hint(n.Value))
	}
	return value, nil
}

// multipleOfRank matches an α that is a multiple of the rank, as people write it.
var multipleOfRank = regexp.MustCompile(`^([0-9.]*) ?\*? ?r(?:ank)?$`)

// hint says how to write what a wrong value probably means; empty if it is not known.
func (f field) hint(text string) string {
	if strings.HasPrefix(text, "log(") && f.isNumber() {
		return "; a span is written \"log(1e-5, 1e-2, 7)\", under grid, in quotes where it stands within { } or [ ]"
	}
	if strings.Contains(text, ",") {
		return fmt.Sprintf("; a list of values is written [%s]", text)
	}
	if multipleOfRank.MatchString(text) && f.name == "alpha" {
		return fmt.Sprintf("; alpha may follow the rank only where it is set for all runs, as in adapter: {alpha: %s}",
			text)
	}
	return ""
}

var leadingZero = regexp.MustCompile(`^[-+]?0[0-9]`)

// read reads a value of the field's type. Numbers are read from the text
// itself: YAML would take 010 for 8.
func (f field) read(n *yaml.Node) (any, error) {
	zero := f.zero()
	if _, list := zero.(Targets); list {
		return readTargets(n)
	}
	if n.Kind != yaml.ScalarNode {
		return nil, errors.New("must be a single value: to vary it, list its values under grid")
	}
	tag := n.ShortTag()
	number := tag == "!!int" || tag == "!!float"
	if number && leadingZero.MatchString(n.Value) {
		return nil, errors.New("must not begin with 0, since YAML would read it as octal")
	}
	switch zero.(type) {
	case int:
		if v, err := strconv.Atoi(n.Value); number && err == nil {
			return v, nil
		}
		return nil, errors.New("must be a whole number")
	case uint64:
		if v, err := strconv.ParseUint(n.Value, 10, 64); number && err == nil {
			return v, nil
		}
		return nil, errors.New("must be a whole number, at least 0")
	case float64:
		if v, err := strconv.ParseFloat(n.Value, 64); number && err == nil {
			return v + 0, nil // +0 makes a negative zero positive
		}
		return nil, errors.New("must be a finite number")
	case bool:
		if tag == "!!bool" {
			return strconv.ParseBool(n.Value)
		}
		return nil, errors.New("must be true or false")
	case lora.Scheme:
		if !number && tag != "!!str" {
			return nil, errors.New("must be the name of a scheme or a number, the exponent p of α/r^p")
		}
		s, err := lora.ParseScheme(n.Value)
		return s, errors.Unwrap(err) // the caller names the value
	case string:
		if isText(n) {
			return n.Value, nil
		}
		return nil, errors.New("must be text")
	}
	panic(fmt.Sprintf("experiments: field %s has type %T, which read does not know", f.path, zero))
}

// readTargets reads one name or a list of names, and sorts them, since their order
// has no meaning.
func readTargets(n *yaml.Node) (any, error) {
	names := []*yaml.Node{n}
	if n.Kind == yaml.SequenceNode {
		names = n.Content
	}
	var targets Targets
	for _, name := range names {
		if !isText(name) {
			return nil, errors.New("must be all-linear, attention, mlp or a list of names of maps")
		}
		targets = append(targets, name.Value)
	}
	slices.Sort(targets)
	return targets, nil
}

// written returns the text of a value for people.
func written(value any) string {
	if x, ok := value.(float64); ok {
		return number.Full(x)
	}
	return format(value)
}

// format returns the text of a value in files, as a coordinate, and in identities.
func format(value any) string {
	if x, ok := value.(float64); ok {
		return strconv.FormatFloat(x, 'g', -1, 64)
	}
	return fmt.Sprint(value)
}
