package main

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"ranksweep/cluster"
	"ranksweep/grid"
	"ranksweep/results"
)

// status counts the runs that an experiment asks for, by their state in the store.
type status struct {
	Planned  int      `json:"planned"`
	Tuning   int      `json:"tuning,omitempty"` // how many of the planned runs only choose nuisance values
	Done     int      `json:"done"`
	Diverged int      `json:"diverged"`
	Failed   int      `json:"failed"`
	Newer    int      `json:"newer,omitempty"` // runs that a newer program wrote
	Missing  int      `json:"missing"`
	Damaged  []string `json:"damaged"` // one reason for each damaged record; such runs count as missing

	Running []runningRun `json:"running"`          // runs without a result that processes train
	Silent  []runningRun `json:"silent,omitempty"` // and those of which nothing is heard any more

	Checkpoints []savedRun `json:"checkpoints,omitzero"` // of missing and failed runs; not in what --watch prints

	Tasks    []cluster.Task `json:"tasks,omitempty"` // if the experiment was submitted, as far as the cluster remembers
	TasksErr string         `json:"tasks_error,omitempty"`

	Left *float64 `json:"seconds_left,omitempty"` // estimate of --watch
}

func newStatus() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "status DIR",
		Short: "Count the runs of a store that are done, diverged, failed and missing",
		Long: "Status counts the runs that a store's experiment asks for. It exits with 0 if no run\n" +
			"failed, none is missing and none was written by a newer program. A run whose loss\n" +
			"became infinite or NaN has diverged, which counts as a result. A run without a result\n" +
			"that has a checkpoint is listed as saved: it goes on from there. Each checkpoint is read\n" +
			"whole, so that one which is damaged, or of another run or program, is named.\n\n" +
			"If the experiment was submitted, status shows its tasks too: queued and why, running, where\n" +
			"and since when, with the steps of their runs, requeued, and failed, with Slurm's reason and\n" +
			"the end of the output. Slurm forgets a task some minutes after its end; then the output,\n" +
			"which stays in DIR/cluster, says which failed.\n\n" +
			"With --watch it shows all of that again and again but checkpoints and tasks: what is done,\n" +
			"each run that is trained, with its step and loss, and the time left. It reads nothing but the\n" +
			"store, so that it works on any host that sees the disk. A worker writes its step every ten\n" +
			"seconds. On a terminal a frame is redrawn; elsewhere lines are printed, with --json a line of\n" +
			"JSON a look. If there is no store yet, it waits for one. It ends when no run is missing and\n" +
			"none is trained, with the exit status that status has then, or by Ctrl-C, with 130.\n\n" + storeHelp,
		Example: "  sweep status runs/quickstart --json\n  sweep status runs/quickstart --watch",
		Args:    exactly("DIR"),
	}
	asJSON := cmd.Flags().Bool("json", false, "print JSON")
	watch := cmd.Flags().Bool("watch", false, "show again and again, until all runs are there")
	interval := cmd.Flags().Duration("interval", 0, "`TIME` between two looks of --watch (default: 2s on a terminal, "+
		"30s elsewhere)")
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		if cmd.Flags().Changed("interval") && (!*watch || *interval < 100*time.Millisecond) {
			return usageError{fmt.Errorf("--interval %s: goes with --watch, and must be at least 100ms", *interval)}
		}
		if *watch {
			return watchStore(cmd, args[0], *asJSON, *interval)
		}
		if err := ofStore(cmd, args); err != nil {
			return err
		}
		tasks, unasked := submittedTasks(cmd.Context(), args[0]) // first: the runs of tasks that are done are there
		s, c, newer, err := count(args[0], localTrainer(cmd).Provenance())
		if err != nil {
			return err
		}
		if s.Tasks = tasks; unasked != nil {
			s.TasksErr = unasked.Error()
			fmt.Fprintf(cmd.ErrOrStderr(), "sweep: tasks are not known: %v\n", unasked)
		}
		if *asJSON {
			err = json.NewEncoder(cmd.OutOrStdout()).Encode(s)
		} else {
			err = s.write(cmd.OutOrStdout())
		}
		s.warn(cmd.ErrOrStderr())
		return cmp.Or(err, s.verdict(args[0], c, newer))
	}
	return cmd
}

// verdict says what is missing, failed or a newer program's; nil if all runs have a result. While tasks are
// still to run, or runs are running, there is nothing to do.
func (s status) verdict(dir string, c results.Coverage, newer newerRuns) error {
	command := trains(dir)
	if len(s.Running) > 0 || slices.ContainsFunc(s.Tasks, func(t cluster.Task) bool { return t.State.Live() }) {
		command = ""
	}
	err := incomplete(dir, c, command, len(s.Running))
	if err == nil && s.Failed > 0 {
		if err = fmt.Errorf("%s has failed runs", dir); command != "" {
			err = fmt.Errorf("%w: run the same %s again to try them again", err, command)
		}
	}
	return errors.Join(newer.err(dir), err)
}

// write prints the counts, the runs that are trained, and the checkpoints from which runs go on.
func (s status) write(w io.Writer) error {
	var b strings.Builder
	tuning := ""
	if s.Tuning > 0 {
		tuning = fmt.Sprintf(", %d of them tuning", s.Tuning)
	}
	fmt.Fprintf(&b, "planned   %d%s\ndone      %d\ndiverged  %d\nfailed    %d\nmissing   %d\n", s.Planned, tuning,
		s.Done, s.Diverged, s.Failed, s.Missing)
	if s.Newer > 0 {
		fmt.Fprintf(&b, "newer     %d\n", s.Newer)
	}
	others := writeTasks(&b, s.Tasks, s.Running)
	writeRuns(&b, "running", others)
	writeRuns(&b, "silent", s.Silent)
	for _, r := range s.Checkpoints {
		if r.Unfit == "" {
			fmt.Fprintf(&b, "saved     %s\n", r)
		}
	}
	_, err := io.WriteString(w, b.String())
	return err
}

// warn names damaged records, and checkpoints from which no run goes on.
func (s status) warn(w io.Writer) {
	for _, d := range s.Damaged {
		fmt.Fprintf(w, "sweep: missing: %s\n", d)
	}
	for _, r := range s.Checkpoints {
		if r.Unfit != "" {
			fmt.Fprintf(w, "sweep: of no use: checkpoint %s: %s\n", r.File, r.Unfit)
		}
	}
}

// count counts the runs of a store, whose checkpoints are to be good for runs made here.
func count(dir string, here results.Provenance) (s status, c results.Coverage, newer newerRuns, err error) {
	store := results.Open(dir)
	grid, err := results.ReadGrid(dir)
	if err != nil {
		return s, c, nil, err
	}
	holders, err := store.Holders() // first: a run that ends meanwhile has a result then
	if err != nil {
		return s, c, nil, err
	}
	runs, problems := store.Statuses(grid)
	if s, c, newer = counted(grid, holders, runs, problems); s.Planned == 0 {
		return s, c, nil, fmt.Errorf("%s holds no runs: sweep run EXPERIMENT --out %s trains them", dir, dir)
	}
	s.Checkpoints, err = savedRuns(store, grid, here)
	return s, c, newer, err
}

// counted counts the runs of a grid.
func counted(g grid.Grid, holders []results.Holder, runs []results.Run, problems []error) (s status,
	c results.Coverage, newer newerRuns) {
	newer = results.Newer(g, problems)
	c = results.CoverageOf(g, runs, newer)
	s = status{Planned: c.Planned, Tuning: c.Tuning, Newer: c.Newer, Missing: c.Missing(), Damaged: []string{}}
	s.Running, s.Silent = runningRuns(g, holders, runs)
	for _, r := range runs {
		switch r.Status {
		case results.Done:
			s.Done++
		case results.Diverged:
			s.Diverged++
		case results.Failed:
			s.Failed++
		}
	}
	for _, p := range problems {
		if _, ok := errors.AsType[*results.NewerError](p); !ok {
			s.Damaged = append(s.Damaged, p.Error())
		}
	}
	return s, c, newer
}
