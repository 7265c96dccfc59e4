// Material hands a grid to another program: it writes the batches and first adapters of the
// grid's runs, so that the other program can train the same. The grid must be of an embedded
// model. See [local.Trainer.HandOver].
//
//	sweep show EXPERIMENT --json | material DIR
package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"

	"ranksweep/experiments"
	"ranksweep/models"
	"ranksweep/train/local"
)

func main() {
	if len(os.Args) != 2 {
		fmt.Fprintln(os.Stderr, "usage: sweep show EXPERIMENT --json | material DIR")
		os.Exit(2)
	}
	if err := hand(os.Stdin, os.Args[1]); err != nil {
		fmt.Fprintln(os.Stderr, "material:", err)
		os.Exit(1)
	}
}

// hand writes the material of a grid; shown is the output of sweep show.
func hand(shown io.Reader, dir string) error {
	var grid struct {
		Runs []struct{ Config experiments.Config }
	}
	if err := json.NewDecoder(shown).Decode(&grid); err != nil {
		return err
	}
	var configs []experiments.Config
	for _, r := range grid.Runs {
		configs = append(configs, r.Config)
	}
	return local.New(models.FS).HandOver(context.Background(), dir, configs)
}
