package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"

	"github.com/spf13/cobra"

	"ranksweep/cluster"
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

	Checkpoints []savedRun `json:"checkpoints"` // of missing and failed runs

	Tasks    []cluster.Task `json:"tasks,omitempty"` // if the experiment was submitted, as far as the cluster remembers
	TasksErr string         `json:"tasks_error,omitempty"`
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
			"and since when, requeued, and failed, with Slurm's reason and the end of the output. Slurm\n" +
			"forgets a task some minutes after its end; its output stays in DIR/cluster.\n\n" + storeHelp,
		Example: "  sweep status runs/quickstart --json",
		Args:    exactly("DIR"),
		PreRunE: ofStore,
	}
	asJSON := cmd.Flags().Bool("json", false, "print JSON")
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
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
		if err == nil {
			err = incomplete(args[0], c)
		}
		if err == nil && s.Failed > 0 {
			err = fmt.Errorf("%s has failed runs: run the same sweep run again to try them again", args[0])
		}
		return errors.Join(newer.err(args[0]), err)
	}
	return cmd
}

// write prints the counts, and the checkpoints from which runs go on.
func (s status) write(w io.Writer) error {
	tuning := ""
	if s.Tuning > 0 {
		tuning = fmt.Sprintf(", %d of them tuning", s.Tuning)
	}
	text := fmt.Sprintf("planned   %d%s\ndone      %d\ndiverged  %d\nfailed    %d\nmissing   %d\n",
		s.Planned, tuning, s.Done, s.Diverged, s.Failed, s.Missing)
	if s.Newer > 0 {
		text += fmt.Sprintf("newer     %d\n", s.Newer)
	}
	for _, r := range s.Checkpoints {
		if r.Unfit == "" {
			text += fmt.Sprintf("saved     %s\n", r)
		}
	}
	_, err := io.WriteString(w, text)
	writeTasks(w, s.Tasks)
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
	runs, problems := store.Statuses(grid)
	newer = results.Newer(grid, problems)
	c = results.CoverageOf(grid, runs, newer)
	s = status{Planned: c.Planned, Tuning: c.Tuning, Newer: c.Newer, Missing: c.Missing(), Damaged: []string{}}
	if s.Planned == 0 {
		return s, c, nil, fmt.Errorf("%s holds no runs: sweep run EXPERIMENT --out %s trains them", dir, dir)
	}
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
	s.Checkpoints, err = savedRuns(store, grid, here)
	return s, c, newer, err
}
