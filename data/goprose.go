package data

import (
	"io/fs"
	"path"
	"strings"
	"unicode/utf8"
)

// heldEvery is the distance of files held out of go-prose.
const heldEvery = 50

// goProse returns the prose of the tree's src and doc folders, one example a
// file, and of these only the held or only the others: the comments of Go
// files, without comment marks and an empty line apart, and HTML as it is.
// Files that a program wrote and those kept for tests are left out.
func goProse(tree fs.FS, held bool) ([]Example, error) {
	var examples []Example
	documents := 0
	for _, folder := range []string{"doc", "src"} {
		// static folders hold files for browsers, made by programs.
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

// prose joins all comments.
func (f *goFile) prose() string {
	var comments []string
	for _, group := range f.Comments {
		if text := group.Text(); text != "" {
			comments = append(comments, text)
		}
	}
	return strings.Join(comments, "\n")
}
