package chart

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/expr-lang/expr"
	"github.com/expr-lang/expr/ast"
	"github.com/expr-lang/expr/file"
	"github.com/expr-lang/expr/parser"
	"github.com/expr-lang/expr/vm"
)

// longest is the most bytes of an expression. Its evaluation takes time in proportion to its length, since
// it has neither loops nor calls, see [allowed].
const longest = 2000

// A filter says by an expression which samples are shown.
type filter struct {
	names   []string // the names in the expression, each once
	program *vm.Program
}

// namesIn returns the names in an expression, each once, or why it is none.
func namesIn(where string) ([]string, error) {
	if where == "" {
		return nil, nil
	}
	if len(where) > longest {
		return nil, fmt.Errorf("chart: where: the expression has %d bytes: at most %d", len(where), longest)
	}
	tree, err := parser.Parse(where)
	if err != nil {
		return nil, whereError(where, err)
	}
	var v visitor
	ast.Walk(&tree.Node, &v)
	if v.strange != "" {
		return nil, fmt.Errorf("chart: where %q: %s: an expression has names, numbers, texts in quotes, lists in [], "+
			"comparisons, in, and, or, not, and arithmetic", where, v.strange)
	}
	return v.names, nil
}

// visitor collects the names of an expression, and the first thing in it that is not allowed.
type visitor struct {
	names   []string
	strange string
}

// Visit implements [ast.Visitor]. Calls and ranges are not allowed: nested, they would run for ever.
func (v *visitor) Visit(node *ast.Node) {
	switch n := (*node).(type) {
	case *ast.IdentifierNode:
		if !slices.Contains(v.names, n.Value) {
			v.names = append(v.names, n.Value)
		}
	case *ast.BinaryNode:
		if n.Operator == ".." {
			v.strange = "a range .. is not allowed"
		}
	case *ast.IntegerNode, *ast.FloatNode, *ast.BoolNode, *ast.StringNode, *ast.UnaryNode, *ast.ArrayNode:
	default:
		kind := strings.TrimSuffix(strings.TrimPrefix(fmt.Sprintf("%T", n), "*ast."), "Node")
		v.strange = strings.ToLower(kind) + " is not allowed"
	}
}

// newFilter compiles an expression over variables, all of which are known. kinds has a value of the type of each.
func newFilter(where string, names []string, kinds map[string]any) (*filter, error) {
	program, err := expr.Compile(where, expr.Env(kinds), expr.AsBool(), expr.DisableAllBuiltins())
	if err != nil {
		return nil, whereError(where, err)
	}
	return &filter{names, program}, nil
}

// whereError says in one line what is wrong with an expression, and where.
func whereError(where string, err error) error {
	if at, ok := errors.AsType[*file.Error](err); ok {
		return fmt.Errorf("chart: where %q, character %d: %s", where, at.Column+1, at.Message)
	}
	return fmt.Errorf("chart: where %q: %w", where, err)
}

// holds evaluates the expression with the values that of returns for its names.
func (f *filter) holds(of func(name string) any) (bool, error) {
	values := make(map[string]any, len(f.names))
	for _, name := range f.names {
		values[name] = of(name)
	}
	result, err := expr.Run(f.program, values)
	if err != nil {
		return false, fmt.Errorf("chart: where: %w", err)
	}
	return result.(bool), nil // the compiler saw to it
}
