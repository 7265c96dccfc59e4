package main

import (
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"ranksweep/cluster/slurm"
	"ranksweep/experiments"
	"ranksweep/sweep"
)

// clusterFolder, in a store, has what a cluster was given and the output of its tasks.
const clusterFolder = "cluster"

// submitFlags are what sweep submit is told beside what its tasks are.
type submitFlags struct {
	settings   slurm.Settings
	tasks      int
	timePerRun time.Duration
	across     bool
	dry        bool
	ray        string // address of a cluster of Ray; empty: Slurm
}

func newSubmit() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "submit EXPERIMENT",
		Short: "Have an experiment's missing runs trained by a cluster",
		Long: "With --slurm, submit divides the runs that are missing into tasks of about equal time, as\n" +
			"sweep run --shard does, and hands them to Slurm as an array. If the experiment tunes, the\n" +
			"reported runs follow in a second array. When all arrays have ended, a last job writes tables\n" +
			"and figures. Nothing waits here: sweep status DIR shows the tasks, sweep cancel DIR ends them.\n\n" +
			"Before its time limit a task writes checkpoints and goes back into the queue. The same\n" +
			"command, again, submits what is missing and not queued: nothing is done twice.\n\n" +
			"How long a run takes is estimated by its operations and a speed: of --time-per-run, or of\n" +
			"the runs that the store has, or of matrix products on this machine. An array has at most\n" +
			"as many tasks as the cluster allows; then each is longer. --dry-run prints the scripts.\n\n" +
			"With --ray, submit has a cluster of Ray train each run as a task, on machines that need\n" +
			"share no disk. It sends this program, models and data there, stores what comes back, and\n" +
			"shows progress and tables as sweep run does, until all is trained or Ctrl-C ends it. Ray\n" +
			"trains again elsewhere what a lost node had. --python names the Python that has Ray. The\n" +
			"address is that of the head, HOST:PORT; auto, on a machine of the cluster; or, on any\n" +
			"other, ray://HOST:PORT. --dry-run prints what would be sent.\n\n" +
			experimentHelp,
		Example: "  sweep submit quickstart --slurm --partition short --time 30m\n" +
			"  sweep submit mine.yaml --slurm --time 8h --gpus 1 --devices cuda:0 --time-per-run 20m\n" +
			"  sweep submit mine.yaml --ray ray://head:10001 --gpus 1 --devices cuda:0",
		Args: exactly("EXPERIMENT"),
	}
	var f submitFlags
	flags := cmd.Flags()
	bySlurm := flags.Bool("slurm", false, "by Slurm, whose programs must be on PATH")
	flags.StringVar(&f.ray, "ray", "", "by Ray at an `ADDRESS`: HOST:PORT, ray://HOST:PORT or auto")
	flags.StringVar(&f.settings.Partition, "partition", "", "`NAME` of the partition (default: the cluster's)")
	flags.DurationVar(&f.settings.Time, "time", time.Hour, "time `LIMIT` of a task, as in 30m")
	flags.IntVar(&f.settings.CPUs, "cpus", 1, "CPUs of a task")
	flags.IntVar(&f.settings.GPUs, "gpus", 0, "GPUs of a task")
	flags.IntVar(&f.settings.Limit, "array-limit", 0, "largest number of tasks at once (default: the cluster's)")
	flags.StringArrayVar(&f.settings.Options, "sbatch-option", nil,
		"another `OPTION` of sbatch, as in account=physics; repeatable")
	flags.IntVar(&f.tasks, "tasks", 0, "number of tasks (default: by the time that runs take)")
	flags.DurationVar(&f.timePerRun, "time-per-run", 0, "the `TIME` that the dearest run takes")
	flags.BoolVar(&f.across, "across-limits", false, "let a run that is longer than the time limit go on, task by task")
	flags.BoolVar(&f.dry, "dry-run", false, "print the scripts and submit nothing")
	out := storeFlag(cmd)
	workers := flags.Int("workers", 0, "number of runs trained at once in a task (default: one a CPU, or a device)")
	flags.String("adapters", "", "`FOLDER` for the adapters of the runs")
	extend := flags.Bool("extend", false, "as in sweep run")
	set := overrides(cmd)
	form := storageFlag(cmd)
	choice := trainerFlags(cmd)
	checkpoints(cmd)
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		if *bySlurm == (f.ray != "") {
			return usageError{errors.New("submit: either --slurm or --ray ADDRESS must be given")}
		}
		if err := cmp.Or(f.check(), f.checkRay(cmd)); err != nil {
			return usageError{err}
		}
		if f.ray != "" {
			*workers = 1
		}
		if *workers == 0 {
			*workers = choice.workers(f.settings.CPUs)
		}
		if *workers < 1 {
			return usageError{fmt.Errorf("--workers %d: must be at least 1", *workers)}
		}
		if _, err := every(cmd); err != nil {
			return err
		}
		p, trainers, err := plan(cmd, args[0], *set, *extend, means{choice, *form, *workers, false})
		if err != nil {
			return err
		}
		defer trainers.Close()
		s := submission{submitFlags: f, cmd: cmd, trainers: trainers, dir: out.of(p), workers: *workers}
		if f.ray != "" {
			return s.toRay(p)
		}
		return s.submit(p)
	}
	return cmd
}

// check finds values that no cluster can take.
func (f submitFlags) check() error {
	for _, n := range []struct {
		name         string
		value, least int
	}{{"cpus", f.settings.CPUs, 1}, {"gpus", f.settings.GPUs, 0}, {"array-limit", f.settings.Limit, 0},
		{"tasks", f.tasks, 0}} {
		if n.value < n.least {
			return fmt.Errorf("--%s %d: must be at least %d", n.name, n.value, n.least)
		}
	}
	const longest = 365 * 24 * time.Hour
	if t := f.settings.Time; t < time.Minute || t > longest {
		return fmt.Errorf("--time %s: must be from 1m to %s, as in 30m: Slurm counts in minutes", t, longest)
	}
	if f.timePerRun < 0 {
		return fmt.Errorf("--time-per-run %s: must be more than 0, as in 90s", f.timePerRun)
	}
	return slurm.CheckOptions(f.settings.Options)
}

// handed are the flags of sweep run that submit hands to its tasks.
var handed = []string{"adapters", "checkpoint-every", "devices", "python", "silence", "storage", "trainer"}

// task is the command of a task, without its shard.
func (s *submission) task() ([]string, error) {
	program, err := os.Executable()
	if err != nil {
		return nil, err
	}
	if strings.Contains(program, "go-build") && !s.dry {
		return nil, fmt.Errorf("this program, %s, is one that go run removes when it ends: go install ./cmd/sweep "+
			"makes one that tasks can start", program)
	}
	words := []string{program, "run", s.frozen(), "--out", s.dir, "--workers", fmt.Sprint(s.workers)}
	return append(words, given(s.cmd, handed...)...), nil
}

// given returns those of some flags that a command was given.
func given(cmd *cobra.Command, names ...string) (words []string) {
	cmd.Flags().Visit(func(f *pflag.Flag) {
		if !slices.Contains(names, f.Name) {
			return
		}
		values := []string{f.Value.String()}
		if list, ok := f.Value.(pflag.SliceValue); ok {
			values = list.GetSlice()
		}
		for _, v := range values {
			words = append(words, "--"+f.Name+"="+v)
		}
	})
	return words
}

// frozen is the experiment file that tasks read: what was submitted, whatever becomes of the user's.
func (s *submission) frozen() string { return filepath.Join(s.dir, clusterFolder, experimentFile) }

// changed returns an error if tasks in the queue are those of another experiment file.
func (s *submission) changed(resolved []byte) error {
	there, err := experiments.Load(s.frozen())
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	was, err := there.Resolved()
	if gone, come := differingLines(string(was), string(resolved)); err == nil && len(gone)+len(come) > 0 {
		return fmt.Errorf("the experiment has changed since it was submitted: %s had %s, and now it has %s; its "+
			"tasks are queued: sweep cancel %s ends them, and --out names another store", s.frozen(), inWords(gone),
			inWords(come), s.dir)
	}
	return err
}

// otherInputs returns an error if tasks in the queue are for a model or for data of other content.
func (s *submission) otherInputs(p *sweep.Plan) error {
	if err := sameInputs(p, s.dir); err != nil {
		return fmt.Errorf("%w; its tasks are queued: sweep cancel %s ends them, and --out names another store", err,
			s.dir)
	}
	return nil
}
