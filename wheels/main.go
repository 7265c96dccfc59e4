// Wheels builds Python wheels that carry the program sweep, for people who have pip and no Go.
//
//	go run ./wheels                              # all six, into dist
//	go run ./wheels -o dist -platform linux/amd64
//
// pip puts the program of a wheel on the PATH as it is: no Python starts when it runs. A wheel
// also carries the Go tree, which the recipes of data are made of, and the licences of all that
// is in it. The same commit and the same Go give the same bytes.
package main

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"

	"ranksweep/wholefile"
)

func main() {
	out := flag.String("o", "dist", "write the wheels into `FOLDER`")
	name := flag.String("platform", "", "build for this `SYSTEM/CPU` alone, as linux/amd64 (default: for all)")
	flag.Parse()
	if err := build(*out, *name); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// build writes the wheels of the platforms with a name, or of all if it is empty, and prints their
// paths.
func build(out, name string) error {
	chosen, err := choose(name)
	if err != nil {
		return err
	}
	b, err := newBuilder()
	if err != nil {
		return err
	}
	defer b.close()
	for _, p := range chosen {
		w, err := b.wheel(p)
		if err != nil {
			return fmt.Errorf("wheels: %s: %w", p.name(), err)
		}
		path := filepath.Join(out, w.fileName())
		if err := wholefile.Write(path, w.write); err != nil {
			return err
		}
		fmt.Println(path)
	}
	return nil
}
