package peft

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/dlclark/regexp2"
)

// Selection says which modules a config adapts. Names and expressions select modules as in
// check_target_module_exists of PEFT's tuners/tuners_utils.py, release 0.21.
type Selection struct {
	Targets       *names      `json:"target_modules"`
	Exclude       *names      `json:"exclude_modules"`
	Layers        numbers     `json:"layers_to_transform"`
	LayersPattern expressions `json:"layers_pattern"`
}

func (s Selection) check() error {
	switch {
	case s.Targets != nil && s.Targets.expr.text != "" && len(s.Layers)+len(s.LayersPattern) > 0:
		return fmt.Errorf("target_modules %q: an expression cannot have layers_to_transform or layers_pattern: "+
			"name the layers in the expression", s.Targets.expr.text)
	case len(s.LayersPattern) > 0 && len(s.Layers) == 0:
		return errors.New("layers_pattern: has no meaning without layers_to_transform")
	}
	return nil
}

// Has reports whether a linear map of a model is adapted.
func (s Selection) Has(module string) (bool, error) {
	if s.Exclude != nil {
		if out, err := s.Exclude.match(module); out || err != nil {
			return false, err
		}
	}
	in, err := s.Targets.match(module)
	if !in || err != nil || len(s.Layers) == 0 || slices.Contains(s.Targets.list, module) {
		return in, err // a map with its whole name in target_modules is adapted in any layer
	}
	return s.hasLayer(module)
}

// anyLayer finds the first number in a name that can be that of a layer: it has at least
// two parts before it.
var anyLayer = Expression{Regexp: regexp2.MustCompile(`^.*?\.[^.]*\.(?<layer>\d+)\.`, regexp2.RE2)}

// layerFormat is the expression around a pattern of layers.
const layerFormat = `^(?:^|.*?\.)%s\.(?<layer>\d+)\.`

// LayersPattern compiles a text of layers_pattern.
func LayersPattern(text string) (Expression, error) { return compile(layerFormat, text) }

// hasLayer reports whether a module belongs to one of the layers to transform. The first
// pattern that finds a layer number counts.
func (s Selection) hasLayer(module string) (bool, error) {
	patterns := s.LayersPattern
	if len(patterns) == 0 {
		patterns = expressions{anyLayer}
	}
	for _, p := range patterns {
		m, err := p.FindStringMatch(module)
		if err != nil {
			return false, fmt.Errorf("layers_pattern: %w", err)
		}
		if m != nil {
			layer, err := strconv.Atoi(m.GroupByName("layer").String())
			return err == nil && slices.Contains(s.Layers, layer), nil
		}
	}
	return false, nil
}

// names select modules. A list holds whole names or endings of names that follow a dot; a
// text is an expression that must match a whole name. The text all-linear stands for every
// linear map except the head; these are the maps that a model lists.
type names struct {
	list []string
	expr Expression
}

const allLinear = "all-linear"

func (n *names) match(module string) (bool, error) {
	switch {
	case n.expr.text == "":
		return slices.ContainsFunc(n.list, func(name string) bool {
			return module == name || strings.HasSuffix(module, "."+name)
		}), nil
	case strings.EqualFold(n.expr.text, allLinear):
		return true, nil
	}
	return n.expr.Matches(module)
}

// UnmarshalJSON reads a list or a text.
func (n *names) UnmarshalJSON(content []byte) error {
	*n = names{}
	if content[0] != '"' {
		return json.Unmarshal(content, &n.list)
	}
	var text string
	if err := json.Unmarshal(content, &text); err != nil {
		return err
	}
	var err error
	n.expr, err = compile(targetFormat, text)
	return err
}

// targetFormat is the expression around a text of target_modules or exclude_modules.
const targetFormat = `\A(?:%s)\z`

// Target compiles a text of target_modules or exclude_modules.
func Target(text string) (Expression, error) { return compile(targetFormat, text) }

// numbers is a list of whole numbers, or one, or none.
type numbers []int

// UnmarshalJSON reads any of these forms.
func (n *numbers) UnmarshalJSON(content []byte) (err error) {
	*n, err = oneOrMany[int](content)
	return err
}

// expressions match what comes before the number of a layer in a name.
type expressions []Expression

// UnmarshalJSON reads a list of texts, or one, or none.
func (e *expressions) UnmarshalJSON(content []byte) error {
	*e = nil
	texts, err := oneOrMany[string](content)
	for _, text := range texts {
		p, err := LayersPattern(text)
		if err != nil {
			return err
		}
		*e = append(*e, p)
	}
	return err
}

func oneOrMany[V any](content []byte) ([]V, error) {
	var many []V
	if content[0] == '[' || string(content) == "null" {
		err := json.Unmarshal(content, &many)
		return many, err
	}
	many = make([]V, 1)
	err := json.Unmarshal(content, &many[0])
	return many, err
}
