package main

import (
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"runtime/debug"
)

// licenceName is what files are called that say under which terms software may be handed on, or
// the folders that hold such files.
var licenceName = regexp.MustCompile(`(?i)^(licen[cs]es?|copying|copyright|notice|patents)([._-].*)?$`)

// licences returns the licences of all that is in a program: ours, those of Go and its tree, and
// those of the modules that the program is linked from.
func licences(root, goroot string, modules []*debug.Module) ([]file, error) {
	own, err := os.ReadFile(filepath.Join(root, "LICENSE"))
	if err != nil {
		return nil, err
	}
	all, err := licencesIn(os.DirFS(goroot), "go")
	if err != nil {
		return nil, err
	}
	for _, m := range modules {
		folder, err := output(root, "go", "list", "-m", "-f", "{{.Dir}}", m.Path)
		if err != nil {
			return nil, err
		}
		found, err := licencesIn(os.DirFS(folder), m.Path)
		if err != nil {
			return nil, err
		}
		all = append(all, found...)
	}
	return append(all, file{path: "LICENSE", content: own}), nil
}

// licencesIn returns the licences below a folder, under a name. One without any is an error.
func licencesIn(folder fs.FS, name string) ([]file, error) {
	var found []file
	err := fs.WalkDir(folder, ".", func(p string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case d.IsDir() && d.Name() == "testdata":
			return fs.SkipDir
		case d.IsDir() || !isLicence(p):
			return nil
		}
		content, err := fs.ReadFile(folder, p)
		found = append(found, file{path: path.Join(name, p), content: content})
		return err
	})
	if err == nil && len(found) == 0 {
		err = fmt.Errorf("%s has no licence file: what has none may not be handed on", name)
	}
	return found, err
}

func isLicence(p string) bool {
	named := licenceName.MatchString(path.Base(p)) || licenceName.MatchString(path.Base(path.Dir(p)))
	return named && path.Ext(p) != ".go"
}
