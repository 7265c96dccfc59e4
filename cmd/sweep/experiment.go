package main

import (
	"errors"
	"fmt"
	"path/filepath"
	"runtime/debug"

	"github.com/spf13/cobra"

	"ranksweep/analysis"
	"ranksweep/experiments"
	"ranksweep/grid"
	"ranksweep/paper"
	"ranksweep/paper/number"
	"ranksweep/results"
	"ranksweep/sweep"
	"ranksweep/train"
)

// experimentFile is the resolved experiment in the folder of its store.
const experimentFile = "experiment.yaml"

// experimentHelp explains EXPERIMENT, for every command that takes one.
const experimentHelp = "EXPERIMENT is the name of an embedded experiment (see sweep list) or a YAML file."

// storeHelp explains DIR, for every command that takes a store.
const storeHelp = "DIR is the folder of a store: runs/NAME, or the folder given to sweep run --out."

// modelHelp explains MODEL, for every command that takes one.
const modelHelp = "MODEL is base, the embedded model; a Hugging Face folder; a .gguf file; or a model on the\n" +
	"Hugging Face hub, org/name[/file.gguf][@revision], which is downloaded into the hub's cache."

// overrides adds the flag --set to a command that takes an experiment, and returns its values.
func overrides(cmd *cobra.Command) *[]string {
	set := cmd.Flags().StringArray("set", nil,
		"set a field or the values of an axis, `FIELD=VALUE`, as in --set steps=50 or --set 'rank=[4,64]'; repeatable")
	completeExperiments(cmd)
	return set
}

// storeFolder is the folder that the flag --out names.
type storeFolder struct{ named *string }

// storeFlag adds the flag --out of a command that fills a store.
func storeFlag(cmd *cobra.Command) storeFolder {
	return storeFolder{cmd.Flags().String("out", "",
		"`FOLDER` of the store (default runs/NAME, with the experiment's name)")}
}

// of returns the folder of an experiment's store.
func (f storeFolder) of(p *sweep.Plan) string {
	if *f.named != "" {
		return *f.named
	}
	return filepath.Join("runs", p.Experiment.Name)
}

// plan reads an experiment and resolves its grid. The caller closes the trainers.
func plan(
	cmd *cobra.Command, name string, set []string, extend bool, by means,
) (*sweep.Plan, train.Trainers, error) {
	e, err := experiments.Load(name)
	if err != nil {
		return nil, nil, err
	}
	if err := e.Set(set...); err != nil {
		return nil, nil, usageError{err}
	}
	if _, err := ownFigures(e); err != nil {
		return nil, nil, err
	}
	if extend && len(e.Nuisance) == 0 {
		return nil, nil, usageError{fmt.Errorf("--extend: %s has no nuisance axis to extend: remove --extend", e.Name)}
	}
	if extend && e.Tune.Extend == 0 {
		e.Tune.Extend = experiments.DefaultExtend
	}
	all, err := trainers(cmd, by)
	if err != nil {
		return nil, nil, err
	}
	p, err := sweep.NewPlan(cmd.Context(), e, all)
	if err != nil {
		return nil, nil, errors.Join(err, all.Close())
	}
	for _, doubt := range p.Experiment.Doubts {
		fmt.Fprintf(cmd.ErrOrStderr(), "sweep: %s: --set validation=N chooses another number\n", doubt)
	}
	return p, all, nil
}

// holdings are the runs of its experiment that a store has.
type holdings struct {
	runs     []analysis.Row   // the reported runs
	choices  []grid.Choice    // what tuning chose for them
	coverage results.Coverage // of the grid
	all      []results.Run    // the runs of all phases, without Modules
	grid     grid.Grid        // the runs that the experiment asks for
	newer    newerRuns        // those of these runs that a newer program wrote
	missing  error            // says what of the grid is there; nil if all of it is

	stores []analysis.Store          // if several are shown together
	from   map[string]*results.Store // of each run, its store
}

// stored reads the runs that the experiment of a store asks for, and no others, and says on standard error
// which runs it leaves out.
func stored(cmd *cobra.Command, dir string) (h holdings, err error) {
	return storedIn(cmd, []string{dir}, wholeRuns)
}

// holdingsOf returns the holdings that are those runs, beside other runs of the store and problems.
func holdingsOf(cmd *cobra.Command, dir string, grid grid.Grid, all []results.Run, others int, problems []error) (
	h holdings, err error) {
	newer := newerRuns(results.Newer(grid, problems))
	tellUnread(cmd.ErrOrStderr(), problems, newer.err(dir), all)
	in, choices, _ := analysis.Split(grid, all)
	c := results.CoverageOf(grid, all, newer)
	if others > 0 {
		fmt.Fprintf(cmd.ErrOrStderr(), "sweep: left out: %s in %s, which the grid no longer asks for\n",
			number.Count(others, "run"), filepath.Join(dir, "runs"))
	}
	running := runningNow(dir, grid, all, c)
	switch {
	case len(in) == 0 && len(newer) > 0:
		return h, newer.err(dir)
	case len(in) == 0 && running > 0:
		return h, fmt.Errorf("%s has no reported run yet%s: %s running now: try again when one has ended", dir,
			besides(others), number.Count(running, "run"))
	case len(in) == 0 && len(all) > 0:
		return h, fmt.Errorf("%s holds only runs that tune, %d of %d: run the same %s again to train the "+
			"reported runs", dir, c.Tuned, c.Tuning, trains(dir))
	case len(in) == 0:
		return h, fmt.Errorf("%s holds no runs of its grid%s: sweep run EXPERIMENT --out %s trains them",
			dir, besides(others), dir)
	}
	return holdings{
		runs: in, choices: choices, coverage: c, all: all, grid: grid, newer: newer,
		missing: incomplete(dir, c, trains(dir), running),
	}, nil
}

// runningNow counts the runs that a store lacks and processes train. A store whose leases cannot be read has none:
// sweep status says why.
func runningNow(dir string, g grid.Grid, runs []results.Run, c results.Coverage) int {
	if c.Missing() == 0 {
		return 0
	}
	holders, err := results.Open(dir).Holders()
	if err != nil {
		return 0
	}
	running, _ := runningRuns(g, holders, runs)
	return len(running)
}

// view returns the view of the reported runs.
func (h holdings) view() paper.View {
	return paper.NewView(h.runs, h.choices, h.coverage).Of(h.stores)
}

// trains is the command that trains what a store lacks.
func trains(dir string) string {
	if submitted(dir) {
		return "sweep submit"
	}
	return "sweep run"
}

// incomplete says what of its grid a store has, and how many of the others are running. If none are, it says
// which command trains the rest, unless that is empty. It returns nil if the store has all of its grid.
func incomplete(dir string, c results.Coverage, command string, running int) error {
	if c.Whole() {
		return nil
	}
	text := fmt.Sprintf("%s: %s", dir, c)
	switch {
	case running > 0:
		text += fmt.Sprintf("; %s missing, %d running now", number.Count(c.Missing(), "run"), running)
	case command != "" && (c.Missing() > 0 || c.PlanUnknown):
		text += fmt.Sprintf("; run the same %s again to complete it", command)
	}
	return errors.New(text)
}

// besides counts the runs of a store that its grid does not ask for.
func besides(n int) string {
	if n == 0 {
		return ""
	}
	return ", only " + number.Count(n, "run") + " of other grids"
}

// program returns this program's version and revision.
func program() string {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return "ranksweep"
	}
	revision, dirty := "", ""
	for _, s := range info.Settings {
		switch {
		case s.Key == "vcs.revision":
			revision = " " + s.Value
		case s.Key == "vcs.modified" && s.Value == "true":
			dirty = " modified"
		}
	}
	return info.Main.Path + " " + info.Main.Version + revision + dirty
}
