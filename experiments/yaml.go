package experiments

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"regexp"
	"strconv"
	"strings"

	"gopkg.in/yaml.v3"
)

// located is an error about one line of a file.
type located struct {
	line int
	err  error
}

func (e *located) Error() string { return e.err.Error() }

// lineOf returns the line that an error is about, or 0 if it is about none.
func lineOf(err error) int {
	if l, ok := errors.AsType[*located](err); ok {
		return l.line
	}
	return 0
}

// at returns an error about a node, which knows the node's line.
func at(n *yaml.Node, message string, args ...any) error {
	return &located{n.Line, fmt.Errorf(message, args...)}
}

var yamlError = regexp.MustCompile(`^(?:yaml: )?(?:line (\d+): )?(.*)`)

// parseYAML parses the one document of a text.
func parseYAML(text []byte) (*yaml.Node, error) {
	var doc, more yaml.Node
	dec := yaml.NewDecoder(bytes.NewReader(text))
	err := dec.Decode(&doc)
	if err == io.EOF {
		return nil, errors.New("is empty")
	}
	if err == nil {
		err = dec.Decode(&more)
	}
	switch {
	case err == io.EOF:
		follow(&doc)
		budget := mostNodes
		return doc.Content[0], count(doc.Content[0], &budget)
	case err == nil:
		return nil, at(&more, "a second document begins here: a file holds one experiment")
	}
	m := yamlError.FindStringSubmatch(err.Error())
	if strings.Contains(err.Error(), "cannot start any token") && bytes.Contains(text, []byte("\t")) {
		m[2] += ": YAML takes no tabs for indents: use spaces"
	}
	line, _ := strconv.Atoi(m[1]) // yaml.v3 does not name line 1
	return nil, &located{max(1, line), errors.New(m[2])}
}

// mostNodes is the most values that a file may have, each alias counted as what it stands for.
const mostNodes = 1_000_000

// follow puts what an alias stands for in its place.
func follow(n *yaml.Node) {
	for i, c := range n.Content {
		if c.Kind == yaml.AliasNode {
			n.Content[i] = c.Alias
			continue
		}
		follow(c)
	}
}

// count takes the nodes of n from a budget. It is an error if there are more.
func count(n *yaml.Node, budget *int) error {
	if *budget--; *budget < 0 {
		return at(n, "aliases stand for more than %d values, or for themselves: write fewer", mostNodes)
	}
	for _, c := range n.Content {
		if err := count(c, budget); err != nil {
			return err
		}
	}
	return nil
}

// pair is one entry of a mapping.
type pair struct{ key, value *yaml.Node }

// eachPair calls do for every entry of a mapping, and returns all their errors. A repeated key is
// an error too.
func eachPair(n *yaml.Node, what string, do func(pair) error) error {
	if n.Kind != yaml.MappingNode {
		return at(n, "%s: must be a mapping of keys to values, not %s", what, shown(n))
	}
	var errs []error
	lines := make(map[string]int)
	for i := 0; i < len(n.Content); i += 2 {
		key := n.Content[i]
		line, repeated := lines[key.Value]
		switch {
		case key.Kind != yaml.ScalarNode:
			errs = append(errs, at(key, "%s: a key must be a word, not %s", what, shown(key)))
		case repeated:
			errs = append(errs, at(key, "%s: key %q is already in line %d", what, key.Value, line))
		default:
			lines[key.Value] = key.Line
			errs = append(errs, do(pair{key, n.Content[i+1]}))
		}
	}
	return errors.Join(errs...)
}

// each calls do for every item of a list, and returns all their errors.
func each(n *yaml.Node, what string, do func(*yaml.Node) error) error {
	if isNone(n) {
		return nil
	}
	if n.Kind != yaml.SequenceNode {
		return at(n, "%s: must be a list, not %s", what, shown(n))
	}
	var errs []error
	for _, item := range n.Content {
		errs = append(errs, do(item))
	}
	return errors.Join(errs...)
}

// isNone reports whether a node is empty: nothing, [] or {}.
func isNone(n *yaml.Node) bool {
	switch n.Kind {
	case yaml.SequenceNode, yaml.MappingNode:
		return len(n.Content) == 0
	}
	return n.Kind == yaml.ScalarNode && n.ShortTag() == "!!null"
}

// isText reports whether a node is a single piece of text.
func isText(n *yaml.Node) bool {
	return n.Kind == yaml.ScalarNode && n.ShortTag() == "!!str"
}

// shown returns a node's text for an error.
func shown(n *yaml.Node) string {
	switch {
	case n.Kind == yaml.SequenceNode:
		return "[...]"
	case n.Kind == yaml.MappingNode:
		return "{...}"
	case n.Kind == yaml.AliasNode:
		return "*" + n.Value
	case n.ShortTag() == "!!null":
		return "null"
	case isText(n):
		return strconv.Quote(n.Value)
	}
	return n.Value
}
