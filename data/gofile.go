package data

import (
	"bytes"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
)

// goFile is a Go file with its source.
type goFile struct {
	*ast.File
	source []byte
}

// parseGo reads a file of the tree. A generated file counts as empty.
func parseGo(tree fs.FS, name string) (*goFile, error) {
	source, err := fs.ReadFile(tree, name)
	if err != nil {
		return nil, err
	}
	if bytes.Contains(source, []byte("DO NOT EDIT")) {
		// The mark stands before the package clause, which is cheap to parse. Generated
		// files are the largest.
		head, err := parser.ParseFile(token.NewFileSet(), name, source, parser.ParseComments|parser.PackageClauseOnly)
		if err != nil {
			return nil, err
		}
		if ast.IsGenerated(head) {
			return &goFile{File: &ast.File{}}, nil
		}
	}
	file, err := parser.ParseFile(token.NewFileSet(), name, source, parser.ParseComments|parser.SkipObjectResolution)
	if err != nil {
		return nil, err
	}
	return &goFile{file, source}, nil
}

// text returns the source from one position up to another.
func (f *goFile) text(from, to token.Pos) string {
	return string(f.source[from-f.FileStart : to-f.FileStart])
}
