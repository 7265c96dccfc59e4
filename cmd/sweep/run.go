package main

import (
	"cmp"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"runtime"
	"slices"

	"github.com/KimMachineGun/automemlimit/memlimit"
	"github.com/google/renameio/v2"
	"github.com/spf13/cobra"

	"ranksweep/experiments"
	"ranksweep/results"
	"ranksweep/sweep"
)

func newRun() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "run EXPERIMENT",
		Short: "Train what an experiment's store lacks, then print its tables and draw its figures",
		Long: "Run trains every run of an experiment's grid that its store lacks, then prints\n" +
			"the tables and draws the figures. Run again to go on after an interrupt: what is\n" +
			"done is never trained twice, and what failed is tried again. With --adapters, runs\n" +
			"hand their adapters out as they end, as PEFT folders.\n\n" +
			"Where an experiment has nuisance axes, runs on the seeds of tune come first, and\n" +
			"each cell is reported at the values that were best in them, or on a local grid\n" +
			"around these, each seed at its own best, where tune has local.\n\n" + experimentHelp,
		Example: "  sweep run quickstart\n" +
			"  sweep run quickstart --set steps=200 --set 'rank=[4,64]' --out runs/longer\n" +
			"  sweep run gsm8k --set data=gsm8k/train.jsonl",
		Args: exactly("EXPERIMENT"),
	}
	out := storeFlag(cmd)
	workers := cmd.Flags().Int("workers", runtime.GOMAXPROCS(0), "runs trained at once")
	handed := cmd.Flags().String("adapters", "", "`FOLDER` for adapters of the runs that are trained")
	dry := cmd.Flags().Bool("dry-run", false, "print the resolved grid and train nothing")
	extend := cmd.Flags().Bool("extend", false, fmt.Sprintf("where a best nuisance value lies at the edge, try "+
		"values beyond it, up to %d times", experiments.DefaultExtend))
	set := overrides(cmd)
	form := storageFlag(cmd)
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		if *workers < 1 {
			return usageError{fmt.Errorf("--workers %d: must be at least 1", *workers)}
		}
		p, trainers, err := plan(cmd, args[0], *set, *extend, *form)
		if err != nil {
			return err
		}
		if *dry {
			return showPlan(cmd.OutOrStdout(), p)
		}
		dir := out.of(p)
		if err := fill(cmd, p, trainers, dir, *workers, adapters(*handed)); err != nil {
			return err
		}
		return conclude(cmd, dir)
	}
	return cmd
}

// fill trains what the store in dir lacks.
func fill(cmd *cobra.Command, p *sweep.Plan, t sweep.Trainers, dir string, workers int, to adapters) error {
	resolved, err := p.Experiment.Resolved()
	if err != nil {
		return err
	}
	s := newScheduler(t, dir, workers)
	if err := s.Fits(p); err != nil {
		return err
	}
	if err := os.MkdirAll(dir, 0o777); err != nil {
		return err
	}
	file := filepath.Join(dir, "experiment.yaml")
	if there, err := experiments.Load(file); err == nil && there.Name != p.Experiment.Name {
		return fmt.Errorf("%s is the store of experiment %s: name another folder by --out for %s", dir, there.Name,
			p.Experiment.Name)
	}
	if err := renameio.WriteFile(file, resolved, 0o666); err != nil {
		return fmt.Errorf("%s: %w", file, err)
	}
	if p, err = phases(cmd, s, p, dir, to); err != nil {
		return err
	}
	lacking, without := to.lacks(p)
	if lacking > 0 {
		fmt.Fprintf(cmd.ErrOrStderr(), "sweep: %d runs have no adapter in %s: "+
			"sweep export %s --adapters %s trains again what was trained before\n", lacking, to, dir, to)
	}
	if without > 0 {
		fmt.Fprintf(cmd.ErrOrStderr(), "sweep: %d runs have no adapter: they trained the weights themselves\n", without)
	}
	return s.Store.Tidy()
}

// phases trains what the store lacks of a plan and of those that follow, and
// returns the last. What tunes hands no adapter out.
func phases(cmd *cobra.Command, s sweep.Scheduler, p *sweep.Plan, dir string, to adapters) (*sweep.Plan, error) {
	for {
		if text := p.Phase(); text != "" {
			fmt.Fprintln(cmd.ErrOrStderr(), text)
		}
		if to != "" && !p.Tunes() {
			s.HandOut = to.write
		}
		if err := phase(cmd, s, p, dir); err != nil || p.Final() {
			return p, err
		}
		runs, _ := s.Store.Runs()
		if err := failures(p.Grid().Planned(runs)); err != nil && p.Tunes() {
			return nil, err
		}
		next, err := p.Next(runs, s.Trainers)
		if next == nil || err != nil {
			return p, err
		}
		p = next
	}
}

// newScheduler fills the store in dir, with no one told of it.
func newScheduler(t sweep.Trainers, dir string, workers int) sweep.Scheduler {
	return sweep.Scheduler{
		Trainers: t, Store: results.Open(dir), Workers: workers, Memory: memory(),
	}
}

// phase trains what the store lacks of a plan.
func phase(cmd *cobra.Command, s sweep.Scheduler, p *sweep.Plan, dir string) error {
	if err := p.Grid().Write(dir); err != nil {
		return err
	}
	progress := newProgress(cmd.ErrOrStderr(), p, s.Workers)
	defer progress.close()
	s.Observer = progress
	return s.Run(cmd.Context(), p)
}

// memory is what runs may take together: what GOMEMLIMIT allows or, without
// it, nine tenths of the machine's memory or its control group's, less what is
// in use already. The garbage collector works harder as the limit comes near.
func memory() int64 {
	// Where neither is to be found out, there is no limit.
	limit, _ := memlimit.Set(memlimit.WithProvider(memlimit.ApplyFallback(memlimit.FromCgroup, memlimit.FromSystem)))
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return max(0, limit-int64(m.HeapAlloc))
}

// conclude prints and draws what the store holds, and reports what it lacks.
func conclude(cmd *cobra.Command, dir string) error {
	h, err := stored(cmd, dir)
	if err != nil {
		return err
	}
	if err := showTables(cmd.OutOrStdout(), h.view, h.absent, dir); err != nil {
		return err
	}
	if _, err := drawFigures(h.view, dir); err != nil {
		return err
	}
	tellWhere(cmd, dir)
	return cmp.Or(failures(results.Trained(h.runs)), h.missing)
}

// failures is an error that counts the failed runs by their reasons.
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
