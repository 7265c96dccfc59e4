package data

import (
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"ranksweep/misspelt"
)

// absent adds to the error for a file that is not there what may have been meant.
func absent(path string, err error) error {
	here, _ := os.Getwd() // where it is unknown, the sentence has no folder
	switch name, ok := neighbour(path); {
	case ok:
		return fmt.Errorf("%w: did you mean %q?", err, name)
	case strings.Contains(path, "://"):
		return fmt.Errorf("%w: nothing is fetched: download it, as by curl -LO, and name the file", err)
	case strings.HasPrefix(path, "~"):
		return fmt.Errorf("%w: ~ is no folder here, but a shell's word: write $HOME instead", err)
	case filepath.IsAbs(path):
		return fmt.Errorf("%w: correct the path", err)
	}
	return fmt.Errorf("%w: a relative path begins in the current folder, %s", err, here)
}

// neighbour returns the file of data in a path's folder whose name is nearly the same.
func neighbour(path string) (string, bool) {
	folder, name := filepath.Split(path)
	entries, _ := os.ReadDir(filepath.Clean(folder)) // a folder that cannot be read has no neighbours
	stems := make(map[string]string)                 // files by their names without endings, which all have in common
	for _, e := range entries {
		if _, ok := parsers[ending(e.Name())]; ok {
			stems[stem(e.Name())] = e.Name()
		}
	}
	near, ok := misspelt.Nearest(stem(name), slices.Sorted(maps.Keys(stems)))
	return folder + stems[near], ok
}

func stem(name string) string {
	name = strings.TrimSuffix(name, ".gz")
	return strings.TrimSuffix(name, filepath.Ext(name))
}
