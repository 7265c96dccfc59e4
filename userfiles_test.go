package ranksweep_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"maps"
	"slices"
	"strings"
	"testing"
)

// ownFiles are the folders whose code opens files without package userfile, and what files
// those are: the program's own, or those of the Go tree.
var ownFiles = map[string]string{
	"cmd/sweep":     "of a study, the report, and the system",
	"data":          "of the Go tree",
	"hub":           "of the hub's cache",
	"page/pagetest": "that a browser saves in a test",
	"results":       "of a store",
	"sweep":         "of a store",
	"userfile":      "checked",
	"wheels":        "of this project and of its modules",
	"wholefile":     "written here",
}

// reading are the functions that open files.
var reading = []string{"os.Open", "os.OpenFile", "os.ReadFile", "fs.ReadFile", "ioutil.ReadFile"}

// TestUserFilesAreReadInOnePlace finds code that opens files by itself.
func TestUserFilesAreReadInOnePlace(t *testing.T) {
	unused := maps.Clone(ownFiles)
	for path, text := range sources(t) {
		folder := ownFolder(path)
		for _, call := range readers(t, path, text) {
			if folder == "" {
				t.Errorf("%s uses %s: a user's file is read by package userfile", path, call)
			}
			delete(unused, folder)
		}
	}
	for name := range unused {
		t.Errorf("%s opens no files: take it from the list", name)
	}
}

// ownFolder returns the folder of the list in which path lies, or "".
func ownFolder(path string) string {
	for folder := range ownFiles {
		if strings.HasPrefix(path, folder+"/") {
			return folder
		}
	}
	return ""
}

// readers returns the functions of a Go file that open files.
func readers(t *testing.T, path, text string) []string {
	file, err := parser.ParseFile(token.NewFileSet(), path, text, parser.SkipObjectResolution)
	if err != nil {
		t.Fatal(err)
	}
	var found []string
	ast.Inspect(file, func(n ast.Node) bool {
		if s, ok := n.(*ast.SelectorExpr); ok {
			if x, ok := s.X.(*ast.Ident); ok && slices.Contains(reading, x.Name+"."+s.Sel.Name) {
				found = append(found, x.Name+"."+s.Sel.Name)
			}
		}
		return true
	})
	return found
}
