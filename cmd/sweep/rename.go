package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"

	"github.com/spf13/cobra"

	"ranksweep/experiments"
	"ranksweep/foreign"
	"ranksweep/results"
	"ranksweep/userfile"
	"ranksweep/wholefile"
)

func newRename() *cobra.Command {
	return &cobra.Command{
		Use:   "rename DIR NAME",
		Short: "Give the experiment of a store another name",
		Long: "Rename changes the name of a store's experiment, which tables, pages and figures show. If the\n" +
			"folder of the store has the old name, as sweep run makes it, it gets the new one too. Runs,\n" +
			"their IDs and their records stay as they are, and so does the experiment file that the store\n" +
			"was made from: change its name as well, and sweep run goes on with this store.\n\n" +
			"A store that is being filled, or that was submitted to a cluster, is not renamed.\n\n" + storeHelp,
		Example: "  sweep rename runs/quickstart first-look",
		Args:    exactly("DIR", "NAME"),
		PreRunE: ofStore,
		RunE: func(cmd *cobra.Command, args []string) error {
			dir, name := args[0], args[1]
			if err := experiments.CheckName(name); err != nil {
				return usageError{fmt.Errorf("rename: %w", err)}
			}
			old, text, err := storedExperiment(dir)
			if err != nil {
				return err
			}
			to, err := renamed(dir, old, name)
			if err != nil {
				return err
			}
			if err := unused(dir); err != nil {
				return err
			}
			if to != dir {
				if err := os.Rename(dir, to); err != nil {
					return err
				}
			}
			if err := wholefile.WriteBytes(filepath.Join(to, experimentFile), text(name)); err != nil {
				return err
			}
			_, err = fmt.Fprintf(cmd.OutOrStdout(), "%s: experiment %s, was %s\n", to, name, old)
			return err
		},
	}
}

// nameLine is the line of an experiment file that has its name.
var nameLine = regexp.MustCompile(`(?m)^name:.*$`)

// storedExperiment returns the name of a store's experiment, and its file under another name.
func storedExperiment(dir string) (name string, text func(name string) []byte, err error) {
	file := filepath.Join(dir, experimentFile)
	if foreign.IsStore(dir) {
		return "", nil, fmt.Errorf("%s is a store of imported runs, and has no experiment: rename its folder", dir)
	}
	was, err := userfile.Read(file, userfile.Settings)
	if errors.Is(err, fs.ErrNotExist) {
		return "", nil, fmt.Errorf("%s has no %s: sweep run EXPERIMENT --out %s writes it", dir, experimentFile, dir)
	}
	if err != nil {
		return "", nil, err
	}
	e, err := experiments.Parse(file, was)
	if err == nil && len(nameLine.FindAll(was, -1)) != 1 {
		err = fmt.Errorf("%s: has no line of its own for its name: write name: %s on one", file, e.Name)
	}
	if err != nil {
		return "", nil, err
	}
	return e.Name, func(name string) []byte { return nameLine.ReplaceAll(was, []byte("name: "+name)) }, nil
}

// renamed returns the folder of a store after its experiment got another name: another one if it had the old name.
// A folder that is taken is an error.
func renamed(dir, old, name string) (string, error) {
	path, err := filepath.Abs(dir)
	if err != nil {
		return "", err
	}
	if old == name {
		return "", usageError{fmt.Errorf("rename: the experiment of %s has that name: %s", dir, name)}
	}
	if filepath.Base(path) != old {
		return dir, nil
	}
	to := filepath.Join(filepath.Dir(filepath.Clean(dir)), name)
	if _, err := os.Lstat(to); !errors.Is(err, fs.ErrNotExist) {
		return "", fmt.Errorf("rename: %s is there already: choose another name, or move it away", to)
	}
	return to, nil
}

// unused returns an error if a process fills the store, or a cluster knows it by its folder.
func unused(dir string) error {
	if submitted(dir) {
		return fmt.Errorf("%s was submitted to a cluster, whose jobs know it by its folder: it keeps its name", dir)
	}
	holders, err := results.Open(dir).Holders()
	if err != nil {
		return err
	}
	if i := slices.IndexFunc(holders, func(h results.Holder) bool { return !h.Lost() }); i >= 0 {
		return fmt.Errorf("%s is being filled: run %s is trained: rename it when all have ended", dir, holders[i].Run)
	}
	return nil
}
