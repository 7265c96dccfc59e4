package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"ranksweep/experiments"
)

func newInit() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "init FILE",
		Short: "Write an experiment file to begin with",
		Long: "Init writes a small experiment, with a comment on each part, into a new FILE. The\n" +
			"experiment is named for the file. With --from, the file is that of an embedded\n" +
			"experiment. A file that is there is left alone.",
		Example: "  sweep init mine.yaml\n  sweep init my-rates.yaml --from best-rates",
		Args:    exactly("FILE"),
	}
	from := cmd.Flags().String("from", "", "`EXPERIMENT` to begin with, an embedded one (see sweep list)")
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		file := args[0]
		name, isYAML := strings.CutSuffix(filepath.Base(file), ".yaml")
		if !isYAML {
			return usageError{fmt.Errorf("init: %s: must end in .yaml, as in mine.yaml", file)}
		}
		text, err := experiments.Start(name, *from)
		if err != nil {
			return usageError{err}
		}
		if err := create(file, text); errors.Is(err, fs.ErrExist) {
			return fmt.Errorf("init: %s is there already, and is left alone: name another file", file)
		} else if err != nil {
			return err
		}
		fmt.Fprintf(cmd.OutOrStdout(), "%s: sweep show %[1]s lists its runs, and sweep run %[1]s trains them\n", file)
		return nil
	}
	return cmd
}

// create writes a new file. It is an error if there is one.
func create(file string, text []byte) error {
	f, err := os.OpenFile(file, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o666)
	if err != nil {
		return err
	}
	_, err = f.Write(text)
	return errors.Join(err, f.Close())
}
