package main

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"runtime"
	"slices"

	"github.com/KimMachineGun/automemlimit/memlimit"
	"github.com/spf13/cobra"

	"ranksweep/analysis"
	"ranksweep/chart"
	"ranksweep/cluster/slurm"
	"ranksweep/experiments"
	"ranksweep/paper/number"
	"ranksweep/results"
	"ranksweep/sweep"
	"ranksweep/train"
	"ranksweep/userfile"
	"ranksweep/wholefile"
)

func newRun() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "run EXPERIMENT",
		Short: "Train an experiment's missing runs, then print its tables and draw its figures",
		Long: "Run trains every run of an experiment's grid that is missing from its store, then\n" +
			"prints the tables and draws the figures. After an interrupt, run the same command\n" +
			"again: finished runs are not trained again, failed ones are, and a run that was\n" +
			"interrupted goes on from its checkpoint. Checkpoints are written every ten minutes, at\n" +
			"SIGUSR1, and when Ctrl-C or SIGTERM ends the sweep, at the next step. Exit status 75\n" +
			"follows SIGTERM and means: start me again. With --adapters, each run's adapter is\n" +
			"written as a PEFT folder when the run ends.\n\n" +
			"If an experiment has nuisance axes, runs on the seeds of tune come first. They choose\n" +
			"the best values for each cell, at which the cell is reported. If tune has local, each\n" +
			"seed is reported at its own best value on a local grid around the chosen one.\n\n" +
			"With --shard 3/64, run trains the third of 64 parts of the grid and ends with a line on\n" +
			"that part; it prints no tables. Part by part costs about as much, and every run is in one\n" +
			"part, the same on every machine. Runs that follow tuning need all runs that tune: if some\n" +
			"are missing, the exit status is 69, which means: start me again when the other shards\n" +
			"have ended. When all shards have ended, the same command without --shard prints the\n" +
			"tables.\n\n" + experimentHelp,
		Example: "  sweep run quickstart\n" +
			"  sweep run quickstart --set steps=200 --set 'rank=[4,64]' --out runs/longer\n" +
			"  sweep run gsm8k --set data=gsm8k/train.jsonl\n" +
			"  sweep run quickstart --shard 3/64",
		Args: exactly("EXPERIMENT"),
	}
	out := storeFlag(cmd)
	workersFlag(cmd)
	handed := cmd.Flags().String("adapters", "", "`FOLDER` for the adapters of the runs")
	dry := cmd.Flags().Bool("dry-run", false, "print the resolved grid and train nothing")
	extend := cmd.Flags().Bool("extend", false, fmt.Sprintf("if a best nuisance value lies at the edge of its axis, "+
		"try up to %d values beyond it", experiments.DefaultExtend))
	set := overrides(cmd)
	form := storageFlag(cmd)
	choice := trainerFlags(cmd)
	checkpoints(cmd)
	shardFlag(cmd)
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		workers, err := workersOf(cmd, choice)
		if err != nil {
			return err
		}
		shard, err := shardOf(cmd)
		if err != nil {
			return err
		}
		p, trainers, err := plan(cmd, args[0], *set, *extend, means{choice, *form, workers, *handed != ""})
		if err != nil {
			return err
		}
		defer trainers.Close()
		if *dry {
			return showPart(cmd.OutOrStdout(), p, shard)
		}
		tellUnused(cmd.ErrOrStderr(), trainers)
		dir := out.of(p)
		err = fill(cmd, p, trainers, dir, workers, adapters(*handed), shard)
		if err != nil || !shard.Whole() {
			return err
		}
		return conclude(cmd, dir)
	}
	return cmd
}

// fill trains the runs of a shard that are missing from the store in dir.
func fill(cmd *cobra.Command, p *sweep.Plan, t train.Trainers, dir string, workers int, to adapters,
	shard sweep.Shard) error {
	interval, err := every(cmd)
	if err != nil {
		return err
	}
	s := newScheduler(t, dir, workers)
	s.Every = interval
	return fillBy(cmd, s, p, dir, to, shard)
}

// fillBy is fill with a scheduler.
func fillBy(cmd *cobra.Command, s sweep.Scheduler, p *sweep.Plan, dir string, to adapters, shard sweep.Shard) error {
	if err := s.Fits(p.Part(shard, nil)); err != nil {
		return err
	}
	if err := settle(cmd, p, dir); err != nil {
		return err
	}
	if err := tidy(s.Store, dir, shard); err != nil {
		return err
	}
	last, err := phases(cmd, s, p, dir, to, shard)
	if err != nil {
		return err
	}
	lacking, without := to.lacks(last)
	if lacking > 0 {
		fmt.Fprintf(cmd.ErrOrStderr(), "sweep: without an adapter in %s: %s: "+
			"sweep export %s --adapters %s trains again what lacks one\n", to, number.Count(lacking, "run"), dir, to)
	}
	if without > 0 {
		fmt.Fprintf(cmd.ErrOrStderr(), "sweep: without an adapter: %s that trained the weights themselves\n",
			number.Count(without, "run"))
	}
	if n, folder := s.Store.Replaced(); n > 0 {
		fmt.Fprintf(cmd.ErrOrStderr(), "sweep: runs were trained again, since they had failed or their records were "+
			"damaged; %s keeps what was replaced, %s, which may be removed\n", folder, number.Count(n, "folder"))
	}
	return tidy(s.Store, dir, shard)
}

// settle makes dir the store of a plan's experiment, and says what of it was another's.
func settle(cmd *cobra.Command, p *sweep.Plan, dir string) error {
	resolved, err := p.Experiment.Resolved()
	if err != nil {
		return err
	}
	if err := cmp.Or(refuseImported(dir), userfile.DanglingLink(dir), os.MkdirAll(dir, 0o777)); err != nil {
		return err
	}
	file := filepath.Join(dir, experimentFile)
	switch there, err := experiments.Load(file); {
	case errors.Is(err, fs.ErrNotExist):
	case err != nil:
		return fmt.Errorf("%w; if a newer program wrote this file, use that program, or name another folder by --out; "+
			"otherwise mend or remove the file", err)
	case there.Name != p.Experiment.Name:
		return fmt.Errorf("%s is the store of experiment %s: name another folder by --out for %s",
			dir, there.Name, p.Experiment.Name)
	default:
		if err := keepEdited(cmd.ErrOrStderr(), file, there); err != nil {
			return err
		}
		changed, err := tellChange(cmd.ErrOrStderr(), dir, there, p, resolved)
		if err != nil {
			return err
		}
		if changed { // the grid that is there is not this experiment's, so none can be compared with it
			if err := writeGrid(p, dir); err != nil {
				return err
			}
		}
	}
	return wholefile.WriteBytes(file, resolved)
}

// restore writes the experiment file of a store that somebody removed while runs were trained.
func restore(p *sweep.Plan, dir string) error {
	file := filepath.Join(dir, experimentFile)
	if _, err := os.Lstat(file); !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	resolved, err := p.Experiment.Resolved()
	if err != nil {
		return err
	}
	return wholefile.WriteBytes(file, resolved)
}

// tidy removes what killed processes left in the store in dir. What processes of other hosts
// left is removed if it stayed the same between two calls that lie some minutes apart. A shard
// leaves it to the command that prints the tables: thousands of shards may start and end, and each
// would list all runs.
func tidy(store *results.Store, dir string, shard sweep.Shard) error {
	if !shard.Whole() {
		return nil
	}
	for _, folder := range []string{"", "tables", "figures"} {
		wholefile.Tidy(filepath.Join(dir, folder))
	}
	return store.Tidy()
}

// phases trains the missing runs of a shard, of a plan and of all plans that follow, and returns
// the shard's part of the last one. Tuning runs hand out no adapters.
func phases(cmd *cobra.Command, s sweep.Scheduler, p *sweep.Plan, dir string, to adapters, shard sweep.Shard) (
	*sweep.Plan, error) {
	for before := (*sweep.Plan)(nil); ; {
		part := p.Part(shard, before)
		if text := p.Phase(); text != "" {
			fmt.Fprintln(cmd.ErrOrStderr(), text)
		}
		if to != "" && !p.Tunes() {
			s.HandOut = to.write
		}
		if err := phase(cmd, s, p, part, dir); err != nil {
			return nil, err
		}
		if !shard.Whole() {
			if err := tellPart(cmd.OutOrStdout(), s.Store, shard, p, part); err != nil {
				return nil, err
			}
		}
		if p.Final() {
			return part, nil
		}
		runs, err := phaseRuns(s.Store, p, dir)
		if err != nil {
			return nil, err
		}
		if !shard.Whole() {
			if err := awaited(p, runs, dir); err != nil {
				return nil, err
			}
		}
		if err := failures(runs); err != nil && p.Tunes() {
			return nil, err
		}
		next, err := p.Next(cmd.Context(), runs, s.Trainers)
		if next == nil || err != nil {
			return part, err
		}
		before, p = p, next
	}
}

// phaseRuns returns the runs of a phase that are stored. If a newer program wrote some of them, nobody
// can tell which runs follow.
func phaseRuns(store *results.Store, p *sweep.Plan, dir string) ([]results.Run, error) {
	runs, _, problems := store.Asked(p.Grid())
	if newer := newerRuns(results.Newer(p.Grid(), problems)); len(newer) > 0 {
		return nil, fmt.Errorf("which runs follow depends on all that come before, and %w", newer.err(dir))
	}
	return runs, nil
}

// newScheduler returns a scheduler for the store in dir, without an observer.
func newScheduler(t train.Trainers, dir string, workers int) sweep.Scheduler {
	store := results.Open(dir)
	store.Task = slurm.Here()
	return sweep.Scheduler{
		Trainers: t, Store: store, Workers: workers, Memory: memory(), Checkpoints: &bell,
	}
}

// phase trains the missing runs of a part of a plan. It records the grid before and after, and the experiment if
// its file is gone, so that a store that was removed in the meantime does not pass for a complete one.
func phase(cmd *cobra.Command, s sweep.Scheduler, p, part *sweep.Plan, dir string) error {
	if err := recordGrid(cmd.ErrOrStderr(), p, part, s.Store, dir); err != nil {
		return err
	}
	progress := newProgress(cmd.ErrOrStderr(), part, s.Workers)
	defer progress.close()
	s.Observer = progress
	if err := s.Run(cmd.Context(), part); err != nil {
		return unsaved{err, progress.without(s.Store)}
	}
	if err := restore(p, dir); err != nil {
		return err
	}
	return recordGrid(cmd.ErrOrStderr(), p, part, s.Store, dir)
}

// writeGrid writes which runs a plan's experiment asks for, and what they cost.
func writeGrid(p *sweep.Plan, dir string) error {
	return cmp.Or(results.WriteCosts(p.Costs(), dir), results.WriteGrid(p.Grid(), dir))
}

// memory returns the bytes that runs may take together: the limit less the memory in use.
// The limit is GOMEMLIMIT or, without it, nine tenths of the memory of the machine or of its
// control group. Near the limit the garbage collector works harder.
func memory() int64 {
	// If the system tells neither, there is no limit.
	limit, _ := memlimit.Set(memlimit.WithProvider(memlimit.ApplyFallback(memlimit.FromCgroup, memlimit.FromSystem)))
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return max(0, limit-int64(m.HeapAlloc))
}

// conclude prints the tables of the store, draws its figures, and returns an error if runs
// are missing or failed.
func conclude(cmd *cobra.Command, dir string) error {
	h, err := stored(cmd, dir)
	if err != nil {
		return err
	}
	if err := showTables(cmd.OutOrStdout(), h, dir, layout{width: textWidth(cmd.OutOrStdout())}); err != nil {
		return err
	}
	if err := drawNamed(io.Discard, h, dir, nil, chart.Spec{}); err != nil {
		return err
	}
	drawOwn(io.Discard, cmd.ErrOrStderr(), h, dir, chart.Spec{})
	tellWhere(cmd, dir)
	return cmp.Or(failures(analysis.Trained(h.runs)), h.missing)
}

// failures returns an error that counts the failed runs by their reasons, or nil.
func failures(runs []results.Run) error {
	count := make(map[string]int)
	failed := 0
	for _, r := range runs {
		if r.Status == results.Failed {
			failed++
			count[r.Reason]++
		}
	}
	if failed == 0 {
		return nil
	}
	text := fmt.Sprintf("%d of %d runs failed; the same command tries them again", failed, len(runs))
	for _, reason := range slices.Sorted(maps.Keys(count)) {
		text += fmt.Sprintf("\n  %d: %s", count[reason], reason)
	}
	return errors.New(text)
}
