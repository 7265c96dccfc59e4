package main

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"

	"ranksweep/experiments"
	"ranksweep/foreign"
	"ranksweep/grid"
	"ranksweep/paper/number"
	"ranksweep/results"
	"ranksweep/userfile"
	"ranksweep/wholefile"
)

func newMergeStores() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "merge-stores DIR... --out FOLDER",
		Short: "Unite stores of one experiment, as of shards that ran on machines without a common disk",
		Long: "Merge-stores copies the records of all given stores into one store, to the byte. The given\n" +
			"stores stay as they are. FOLDER may be one of them, or another store of the experiment:\n" +
			"then it gets what it lacks.\n\n" +
			"If two stores have a run with different results, although the same program made both,\n" +
			"that is an error that names both, and nothing is written. If the run's trainer promises\n" +
			"no bytes, or two programs made the records, the first one stays, which is said. A result\n" +
			"goes before a failed run. Damaged records are left out, which is said.\n\n" + storeHelp,
		Example: "  sweep merge-stores shard-1 shard-2 --out runs/quickstart",
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) == 0 {
				return usageError{errors.New("merge-stores: DIR is missing; see sweep merge-stores --help")}
			}
			return nil
		},
	}
	out := cmd.Flags().String("out", "", "`FOLDER` of the store that unites them")
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		if *out == "" {
			return usageError{errors.New("merge-stores: --out FOLDER is missing; see sweep merge-stores --help")}
		}
		members, err := membersOf(args, *out)
		if err != nil {
			return err
		}
		return unite(cmd, members, *out)
	}
	return cmd
}

// member is a store that is to be united with others.
type member struct {
	dir        string
	store      *results.Store
	experiment *experiments.Experiment
	text       []byte // of its experiment file
	grid       grid.Grid
}

// membersOf reads what the stores are of. The store that is to unite them comes first, if there is one.
func membersOf(dirs []string, out string) (members []member, err error) {
	there, err := os.ReadDir(out)
	if err == nil && len(there) > 0 {
		dirs = append([]string{out}, dirs...)
	} else if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	for _, dir := range dirs {
		p, err := memberOf(dir)
		if err != nil {
			return nil, err
		}
		if first := append(members, p)[0]; p.experiment.Name != first.experiment.Name {
			return nil, fmt.Errorf("%s is a store of experiment %s, and %s of %s: only stores of one "+
				"experiment can be merged", first.dir, first.experiment.Name, dir, p.experiment.Name)
		}
		members = append(members, p)
	}
	return members, nil
}

func memberOf(dir string) (p member, err error) {
	p = member{dir: dir, store: results.Open(dir)}
	file := filepath.Join(dir, experimentFile)
	if foreign.IsStore(dir) {
		return p, fmt.Errorf("%s is a store of imported runs: sweep import takes the files of several stores at once",
			dir)
	}
	if p.text, err = userfile.Read(file, userfile.Settings); errors.Is(err, fs.ErrNotExist) {
		return p, noStore(dir, "run")
	}
	if err == nil {
		p.experiment, err = experiments.Parse(file, p.text)
	}
	if err == nil {
		p.grid, err = results.ReadGrid(dir)
	}
	return p, err
}

// unite fills the store in out. The experiment file and the grid come first, so that a store which
// was cut off does not pass for a whole one.
func unite(cmd *cobra.Command, members []member, out string) error {
	var stores []*results.Store
	for _, p := range members {
		stores = append(stores, p.store)
		if err := tellOther(cmd, members[0], p); err != nil {
			return err
		}
	}
	union, err := results.NewUnion(stores, promisesNothing)
	if err != nil {
		return err
	}
	tellSome(cmd.ErrOrStderr(), "left out", union.Left)
	tellSome(cmd.ErrOrStderr(), "twice", union.Kept)
	if err := errors.Join(userfile.DanglingLink(out), os.MkdirAll(out, 0o777)); err != nil {
		return err
	}
	if err := wholefile.WriteBytes(filepath.Join(out, experimentFile), members[0].text); err != nil {
		return err
	}
	if g := furthest(members); g.Len() > 0 {
		if err := results.WriteGrid(g, out); err != nil {
			return err
		}
	}
	from, err := results.Open(out).Add(union.Chosen)
	if err != nil {
		return err
	}
	for _, p := range members {
		fmt.Fprintf(cmd.OutOrStdout(), "%s of %s\n", number.Count(from[p.store], "run"), p.dir)
	}
	s, c, _, err := count(out, localTrainer(cmd).Provenance())
	if left := incomplete(out, c, trains(out), len(s.Running)); err == nil && left != nil {
		fmt.Fprintf(cmd.ErrOrStderr(), "sweep: %v\n", left)
	}
	return err
}

// tellSome says what became of records, of ten at most.
func tellSome(w io.Writer, what string, all []error) {
	const most = 10
	for _, said := range all[:min(len(all), most)] {
		fmt.Fprintf(w, "sweep: %s: %v\n", what, said)
	}
	if more := len(all) - most; more > 0 {
		fmt.Fprintf(w, "sweep: %s: %d more\n", what, more)
	}
}

// tellOther says how the experiment of a store differs from that of the first one.
func tellOther(cmd *cobra.Command, first, other member) error {
	a, err := first.experiment.Resolved()
	if err != nil {
		return err
	}
	b, err := other.experiment.Resolved()
	if gone, come := differingLines(string(a), string(b)); err == nil && len(gone)+len(come) > 0 {
		fmt.Fprintf(cmd.ErrOrStderr(), "sweep: %s and %s were filled for different grids: the first had %s; the "+
			"second %s; all runs are kept, and tables show the grid of the first\n", first.dir, other.dir,
			inWords(gone), inWords(come))
	}
	return err
}

// promisesNothing reports whether a run may have other bytes each time that it is trained. Of a
// config that cannot be read nobody knows.
func promisesNothing(r results.Run) bool {
	c, err := experiments.ConfigOf(r.ID, r.Config)
	return err == nil && c.Varies()
}

// furthest is, of the grids of one experiment, the one that knows the most runs: those that follow
// tuning have no IDs before it has ended.
func furthest(members []member) (g grid.Grid) {
	for _, p := range members {
		if known(p.grid) > known(g) && string(p.text) == string(members[0].text) {
			g = p.grid
		}
	}
	return g
}

// known counts the runs of a grid whose IDs are known.
func known(g grid.Grid) int {
	n := len(g.IDs())
	if g.IDs()[""] {
		n--
	}
	return n
}
