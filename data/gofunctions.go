package data

import (
	"go/ast"
	"io/fs"
	"runtime"
	"slices"
	"strings"

	"golang.org/x/sync/errgroup"
)

// goFunctions pairs each function's doc comment and signature, up to the brace that opens the
// body, with the rest. Both are unchanged source, so that joined they are Go. It leaves out
// functions without a doc comment or a body, functions in tests and in generated files, and
// repetitions.
func goFunctions(tree fs.FS) ([]Example, error) {
	files, err := treeFiles(tree, "src", "testdata", "vendor")
	if err != nil {
		return nil, err
	}
	files = slices.DeleteFunc(files, func(name string) bool {
		return !strings.HasSuffix(name, ".go") || strings.HasSuffix(name, "_test.go")
	})
	found := make([][]Example, len(files))
	var parsing errgroup.Group
	parsing.SetLimit(runtime.GOMAXPROCS(0))
	for i, name := range files {
		parsing.Go(func() error {
			f, err := parseGo(tree, name)
			if err == nil {
				found[i] = f.functions()
			}
			return err
		})
	}
	if err := parsing.Wait(); err != nil {
		return nil, err
	}
	var examples []Example
	seen := make(map[key]bool)
	for _, x := range slices.Concat(found...) {
		if k := x.flatten().key(); !seen[k] {
			seen[k] = true
			examples = append(examples, x)
		}
	}
	return examples, nil
}

func (f *goFile) functions() []Example {
	var examples []Example
	for _, d := range f.Decls {
		if d, ok := d.(*ast.FuncDecl); ok && d.Doc != nil && d.Body != nil {
			examples = append(examples, pair(
				f.text(d.Doc.Pos(), d.Body.Lbrace+1),
				f.text(d.Body.Lbrace+1, d.Body.End())))
		}
	}
	return examples
}
