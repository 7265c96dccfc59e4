package main

import (
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"ranksweep/misspelt"
)

// ofStore is the PreRunE of subcommands whose first argument is a store. Those that refuse some flags
// call it afterwards.
func ofStore(_ *cobra.Command, args []string) error {
	if !isStore(args[0]) {
		return noStore(args[0], "run")
	}
	return nil
}

// isStore reports whether a folder has the experiment of a store, or runs.
func isStore(dir string) bool {
	runs := filepath.Join(dir, "runs")
	entries, _ := os.ReadDir(runs) // without that folder there are none
	return isThere(filepath.Join(dir, experimentFile)) || slices.ContainsFunc(entries, func(e os.DirEntry) bool {
		return e.Name() == ".packs" || isThere(filepath.Join(runs, e.Name(), "run.json"))
	})
}

func isThere(path string) bool {
	_, err := os.Stat(path)
	return err == nil
}

// noStore is the error for a folder that is no store. It names stores that may have been meant, and
// the subcommand that makes one.
func noStore(dir, makes string) error {
	return fmt.Errorf("%s is no store, since it has no %s: %ssweep %s EXPERIMENT --out %s makes one", dir,
		experimentFile, meantStore(dir), makes, dir)
}

// meantStore returns a sentence about the store that was meant by a folder that is none, or about
// those that there are.
func meantStore(dir string) string {
	for up := filepath.Dir(dir); ; up = filepath.Dir(up) {
		if isThere(filepath.Join(up, experimentFile)) {
			return fmt.Sprintf("did you mean %s? ", up)
		}
		if up == filepath.Dir(up) {
			break
		}
	}
	stores := storesNear(dir)
	names := slices.Sorted(maps.Keys(stores))
	switch near, ok := misspelt.Nearest(strings.TrimSuffix(filepath.Base(dir), ".yaml"), names); {
	case ok:
		return fmt.Sprintf("did you mean %s? ", stores[near])
	case len(names) > 0:
		return fmt.Sprintf("there is %s; ", few(slices.Sorted(maps.Values(stores))))
	}
	return ""
}

// storesNear returns stores by their names: those beside a folder, in it, and in runs, where sweep run
// makes them.
func storesNear(dir string) map[string]string {
	stores := make(map[string]string)
	for _, folder := range []string{filepath.Join(dir, "runs"), dir, "runs", filepath.Dir(dir)} {
		entries, _ := os.ReadDir(folder) // what cannot be read has none to offer
		for _, e := range entries {
			if path := filepath.Join(folder, e.Name()); isThere(filepath.Join(path, experimentFile)) {
				stores[e.Name()] = path
			}
		}
	}
	return stores
}

// few joins paths with commas, the first few of many.
func few(paths []string) string {
	const most = 5
	if more := len(paths) - most; more > 0 {
		paths = append(paths[:most:most], fmt.Sprintf("%d more", more))
	}
	return strings.Join(paths, ", ")
}
