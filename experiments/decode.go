package experiments

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"ranksweep/misspelt"

	"gopkg.in/yaml.v3"
)

// Parse reads an experiment file. Unknown keys, repeated keys and values of the wrong
// type or out of bounds are errors that name the line. All errors of a file are returned, joined.
func Parse(file string, text []byte) (*Experiment, error) {
	d := decoder{Experiment: Experiment{Base: Defaults()}, path: file, claims: make(claims)}
	root, err := parseYAML(text)
	if err == nil {
		err = d.file(root)
	}
	if err != nil {
		return nil, inFile(file, err)
	}
	for key, line := range d.claims {
		d.put(key, fmt.Sprintf("%s:%d", file, line))
	}
	return &d.Experiment, nil
}

// claims holds the line on which each field got its value or its axis, by its path, and the line of
// each of the other keys.
type claims map[string]int

func (c claims) take(f field, n *yaml.Node) error {
	if line, taken := c[f.path]; taken {
		return at(n, "%s is already set in line %d: remove one of the two", n.Value, line)
	}
	c[f.path] = n.Line
	return nil
}

// decoder is an experiment being read.
type decoder struct {
	Experiment
	path   string // of the file
	claims claims
}

func (d *decoder) file(root *yaml.Node) error {
	named := false
	err := eachPair(root, "an experiment", func(p pair) error {
		named = named || p.key.Value == "name"
		if _, isField := fieldNamed(p.key.Value); !isField {
			d.claims[p.key.Value] = p.key.Line
		}
		return d.key(p)
	})
	if root.Kind == yaml.MappingNode && !named {
		err = errors.Join(err, at(root, "an experiment needs a name, as in name: mine"))
	}
	return err
}

// key reads one entry of the file's top level.
func (d *decoder) key(p pair) (err error) {
	switch p.key.Value {
	case "name":
		d.Name, err = parseName(p.value)
	case "question":
		if d.Question = p.value.Value; !isText(p.value) {
			err = at(p.value, "question %s: must be text", shown(p.value))
		}
	case "grid":
		d.Grid, err = parseAxes(p.value, "grid", d.claims)
	case "nuisance":
		d.Nuisance, err = parseAxes(p.value, "nuisance", d.claims)
	case "tune":
		d.Tune, err = parseTune(p.value)
	case "zip":
		err = each(p.value, "zip", func(n *yaml.Node) error {
			group, err := parseZip(n, d.claims)
			d.Zip = append(d.Zip, group)
			return err
		})
	case "figures":
		err = each(p.value, "figures", func(n *yaml.Node) error {
			figure, err := parseFigure(n)
			d.Figures = append(d.Figures, figure)
			return err
		})
	case "scales":
		d.scales, err = parseScales(p.value)
	case "when":
		err = each(p.value, "when", func(n *yaml.Node) error {
			rule, err := parseRule(d.path, n)
			d.When = append(d.When, rule)
			return err
		})
	case "exclude":
		err = each(p.value, "exclude", func(n *yaml.Node) error {
			match, err := parseSome(n, "an item of exclude", make(claims))
			d.Exclude = append(d.Exclude, match)
			return err
		})
	default:
		err = d.config(p)
	}
	return err
}

var validName = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9._-]*$`)

// CheckName returns an error about a text that cannot be the name of an experiment, which is also that of a folder.
func CheckName(name string) error {
	if !validName.MatchString(name) {
		return fmt.Errorf("experiments: name %q: must be a word of letters, digits, dots, dashes and underscores", name)
	}
	return nil
}

// parseName reads an experiment's name, which is also the name of its folder.
func parseName(n *yaml.Node) (string, error) {
	if !validName.MatchString(n.Value) || n.Kind != yaml.ScalarNode || n.ShortTag() == "!!null" {
		return "", at(n, "name %s: must be a word of letters, digits, dots, dashes and underscores", shown(n))
	}
	return n.Value, nil
}

// config reads a field or a group of fields of Base.
func (d *decoder) config(p pair) error {
	group := groupKeys(p.key.Value)
	f, ok := fieldNamed(p.key.Value)
	switch {
	case ok && f.group == "", ok && len(group) > 0 && p.value.Kind == yaml.ScalarNode: // the second case is data: x
		return d.assign(f, p)
	case len(group) == 0:
		return unknownKey(p.key, "", topKeys())
	}
	return eachPair(p.value, p.key.Value, func(q pair) error {
		f, ok := fieldNamed(p.key.Value + "." + q.key.Value)
		if !ok {
			return unknownKey(q.key, p.key.Value, group)
		}
		return d.assign(f, q)
	})
}

// assign sets a field of Base.
func (d *decoder) assign(f field, p pair) error {
	return errors.Join(d.setBase(f, p.value), d.claims.take(f, p.key))
}

// unknownKey says where a key belongs, or else which keys are known.
func unknownKey(n *yaml.Node, group string, known []string) error {
	if f, ok := fieldNamed(n.Value); ok && f.group == "" {
		return at(n, "%s belongs at the top level", n.Value)
	} else if ok {
		return at(n, "%s belongs in %s", n.Value, f.group)
	}
	what := "key"
	if group != "" {
		what = "key of " + group
	}
	return at(n, "%w", unknownName(what, n.Value, known))
}

// topKeys lists the keys of an experiment file.
func topKeys() []string {
	keys := []string{"name", "question"}
	for _, f := range fields {
		if top, _, _ := strings.Cut(f.path, "."); !slices.Contains(keys, top) {
			keys = append(keys, top)
		}
	}
	return append(keys, "grid", "zip", "nuisance", "tune", "when", "exclude", "scales", "figures")
}

// parseRule reads an item of when.
func parseRule(file string, n *yaml.Node) (rule Rule, err error) {
	err = eachPair(n, "an item of when", func(p pair) (err error) {
		switch p.key.Value {
		case "if":
			rule.If, err = parseSome(p.value, "if", make(claims))
		case "set":
			rule.Set, err = parseSettings(file, p.value)
		default:
			err = at(p.key, "%w", misspelt.Unknown("key of when", p.key.Value, []string{"if", "set"}))
		}
		return err
	})
	if err == nil && (rule.If == nil || rule.Set == nil) {
		err = at(n, "an item of when needs both if and set")
	}
	return rule, err
}

// parseSettings reads a mapping of fields to one value each.
func parseSettings(file string, n *yaml.Node) (settings []Setting, err error) {
	claims := make(claims)
	err = eachPair(n, "set", func(p pair) error {
		f, err := parseField(p.key, claims)
		if err != nil {
			return err
		}
		value, err := f.parse(p.value)
		settings = append(settings, Setting{f.name, value, fmt.Sprintf("%s:%d", file, p.key.Line)})
		return err
	})
	return settings, err
}
