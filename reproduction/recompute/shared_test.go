package recompute

import (
	"go/parser"
	"go/token"
	"path/filepath"
	"strings"
	"testing"
)

// Nothing here is shared with what wrote the page: imports are the standard library's and
// gonum's.
func TestSharesNothing(t *testing.T) {
	files, err := filepath.Glob("*.go")
	if err != nil || len(files) == 0 {
		t.Fatal(files, err)
	}
	for _, name := range files {
		if !strings.HasSuffix(name, "_test.go") {
			t.Errorf("%s: is no test", name)
		}
		f, err := parser.ParseFile(token.NewFileSet(), name, nil, parser.ImportsOnly)
		if err != nil {
			t.Fatal(err)
		}
		for _, i := range f.Imports {
			path := strings.Trim(i.Path.Value, `"`)
			first, _, _ := strings.Cut(path, "/")
			if first == "ranksweep" || strings.Contains(first, ".") && !strings.HasPrefix(path, "gonum.org/v1/gonum/") {
				t.Errorf("%s imports %s", name, path)
			}
		}
	}
}
