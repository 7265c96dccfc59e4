package data

import (
	"io/fs"
	"path"
	"strings"
	"unicode/utf8"
)

// heldEvery: every so many files, one is held out of go-prose.
const heldEvery = 50

// goProse returns the prose of the tree's src and doc folders, one example for each file:
// either the held-out files or all others. Of Go files it takes the comments, without comment
// marks and separated by an empty line; HTML files it takes as they are. Generated files and
// files for tests are left out.
func goProse(tree fs.FS, held bool) ([]Example, error) {
	var examples []Example
	documents := 0
	for _, folder := range []string{"doc", "src"} {
		// static folders hold generated files for browsers.
		files, err := treeFiles(tree, folder, "testdata", "static")
		if err != nil {
			return nil, err
		}
		for _, name := range files {
			prose, err := fileProse(tree, name)
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

func fileProse(tree fs.FS, name string) (string, error) {
	switch path.Ext(name) {
	case ".html":
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
		return f.prose(), nil
	}
	return "", nil
}

// prose returns all comments of the file, joined.
func (f *goFile) prose() string {
	var comments []string
	for _, group := range f.Comments {
		if text := group.Text(); text != "" {
			comments = append(comments, text)
		}
	}
	return strings.Join(comments, "\n")
}
