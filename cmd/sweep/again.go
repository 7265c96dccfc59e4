package main

import (
	"fmt"
	"runtime"

	"github.com/spf13/cobra"

	"ranksweep/experiments"
	"ranksweep/lora"
	"ranksweep/results"
	"ranksweep/sweep"
)

// trainAgain trains stored runs once more, several at a time, and calls see with each new
// run beside the stored one, and with its adapters if they are to be kept. An error of see ends
// it.
func trainAgain(cmd *cobra.Command, c choice, runs []results.Run, keep bool,
	see func(now, was results.Run, trained []lora.Trained) error) error {
	if len(runs) == 0 {
		return nil
	}
	workers := c.workers(runtime.GOMAXPROCS(0))
	trainers, err := trainers(cmd, means{c, asFloat32, workers, keep})
	if err != nil {
		return err
	}
	defer trainers.Close()
	p := &sweep.Plan{Experiment: &experiments.Experiment{Name: runs[0].Experiment}}
	stored := make(map[string]results.Run)
	for _, r := range runs {
		j, err := sweep.Again(cmd.Context(), r, trainers)
		if err != nil {
			return err
		}
		stored[r.ID] = r
		p.Jobs = append(p.Jobs, j)
	}
	progress := newProgress(cmd.ErrOrStderr(), p, workers)
	defer progress.close()
	s := sweep.Scheduler{Trainers: trainers, Workers: workers, Memory: memory(), Observer: progress}
	s.HandOut = func(now results.Run, trained []lora.Trained) error { return see(now, stored[now.ID], trained) }
	return s.Run(cmd.Context(), p)
}

// makers names the program, the kernel and the Go version behind two executions of a run.
func makers(now, was results.Run) string {
	made := func(p results.Provenance) string {
		return fmt.Sprintf("with kernel %s by %s built with %s", p.Kernel, p.Program, p.Go)
	}
	if made(was.Provenance) == made(now.Provenance) {
		return "both were made " + made(now.Provenance)
	}
	return fmt.Sprintf("the stored run was made %s, this one %s", made(was.Provenance), made(now.Provenance))
}
