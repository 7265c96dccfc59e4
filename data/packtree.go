package data

import (
	"archive/zip"
	"io"
	"io/fs"
	"path"
	"slices"
	"strings"
)

// PackTree writes a zip of what the recipes read of the Go tree, with the licences that stand in
// it. A program that is built with the tag carrygo has this zip in itself, and needs no Go. The
// same tree gives the same bytes.
func PackTree(w io.Writer) error {
	tree, err := goTree()
	if err != nil {
		return err
	}
	return packTree(w, tree)
}

func packTree(w io.Writer, tree fs.FS) error {
	files, err := treeFiles(tree, ".", "testdata")
	if err != nil {
		return err
	}
	z := zip.NewWriter(w)
	for _, name := range slices.DeleteFunc(files, func(name string) bool { return !packed(name) }) {
		content, err := fs.ReadFile(tree, name)
		if err != nil {
			return err
		}
		file, err := z.Create(name)
		if err != nil {
			return err
		}
		if _, err := file.Write(content); err != nil {
			return err
		}
	}
	return z.Close()
}

// packed says whether a file of the tree is read by a recipe, or is a licence.
func packed(name string) bool {
	switch path.Base(name) {
	case "LICENSE", "PATENTS":
		return true
	}
	top, _, _ := strings.Cut(name, "/")
	return (top == "src" || top == "doc") && (path.Ext(name) == ".go" || path.Ext(name) == ".html")
}
