package data

import (
	"archive/zip"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
)

// goTree returns the source tree of a Go toolchain: the one that this program carries, or else
// the go command's GOROOT.
func goTree() (fs.FS, error) {
	if carried != "" {
		return zip.NewReader(strings.NewReader(carried), int64(len(carried)))
	}
	root, err := exec.Command("go", "env", "GOROOT").Output()
	if err != nil {
		return nil, fmt.Errorf("go env GOROOT: %w: %s", err, withoutGo)
	}
	return openGoTree(strings.TrimSpace(string(root)))
}

func openGoTree(root string) (fs.FS, error) {
	if _, err := os.Stat(filepath.Join(root, "src", "fmt")); err != nil {
		return nil, fmt.Errorf("the Go tree has no sources: %w: %s", err, withoutGo)
	}
	return os.DirFS(root), nil
}

const withoutGo = "install Go from https://go.dev/dl, or use a .jsonl or .txt file"

// treeFiles returns the names of all files below a folder of the tree, in lexical order,
// except those in folders with one of the names in without. A folder that does not exist has
// no files.
func treeFiles(tree fs.FS, folder string, without ...string) ([]string, error) {
	var names []string
	err := fs.WalkDir(tree, folder, func(name string, d fs.DirEntry, err error) error {
		switch {
		case name == folder && errors.Is(err, fs.ErrNotExist):
			return fs.SkipAll
		case err != nil:
			return err
		case !d.IsDir():
			names = append(names, name)
		case slices.Contains(without, d.Name()):
			return fs.SkipDir
		}
		return nil
	})
	return names, err
}
