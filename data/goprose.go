package data

import (
	"go/ast"
	"io/fs"
	"path"
	"slices"
	"strings"
	"unicode/utf8"
)

// heldEvery is the distance of files held out of go-prose.
const heldEvery = 50

// goProse returns the prose of the tree's src and doc folders, one example a
// file, and of these only the held or only the others: the comments of Go
// files that stand outside functions, without comment marks and an empty line
// apart, and HTML, Markdown and text files as they are. A comment that an
// earlier file has too, such as a copyright notice, is left out, and so are
// files that a program wrote and those kept for tests.
func goProse(tree fs.FS, held bool) ([]Example, error) {
	var examples []Example
	documents := 0
	seen := make(map[string]bool)
	for _, folder := range []string{"doc", "src"} {
		// static folders hold files for browsers, made by programs.
		files, err := treeFiles(tree, folder, "testdata", "static")
		if err != nil {
			return nil, err
		}
		for _, name := range files {
			prose, err := fileProse(tree, name, seen)
			if err != nil {
				return nil, err
			}
			if prose == "" {
				continue
			}
			documents++
			if held == (documents%heldEvery == 0) {
				examples = append(examples, Example{{Text, prose}})
			}
		}
	}
	return examples, nil
}

func fileProse(tree fs.FS, name string, seen map[string]bool) (string, error) {
	switch path.Ext(name) {
	case ".html", ".md", ".txt":
		content, err := fs.ReadFile(tree, name)
		if err != nil || !utf8.Valid(content) {
			return "", err
		}
		return string(content), nil
	case ".go":
		f, err := parseGo(tree, name)
		if err != nil {
			return "", err
		}
		return f.prose(seen), nil
	}
	return "", nil
}

// prose joins the comments outside functions that were not seen, and marks
// them as seen.
func (f *goFile) prose(seen map[string]bool) string {
	bodies := f.bodies()
	var comments []string
	for _, group := range f.Comments {
		text := group.Text()
		inside := slices.ContainsFunc(bodies, func(b *ast.BlockStmt) bool {
			return b.Pos() < group.Pos() && group.Pos() < b.End()
		})
		if text != "" && !inside && !seen[text] {
			seen[text] = true
			comments = append(comments, text)
		}
	}
	return strings.Join(comments, "\n")
}

// bodies returns the bodies of functions, but not those within others.
func (f *goFile) bodies() []*ast.BlockStmt {
	var bodies []*ast.BlockStmt
	ast.Inspect(f.File, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.FuncDecl:
			if n.Body != nil {
				bodies = append(bodies, n.Body)
			}
			return false
		case *ast.FuncLit:
			bodies = append(bodies, n.Body)
			return false
		}
		return true
	})
	return bodies
}
