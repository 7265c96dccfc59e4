package local

import (
	"context"
	"os"
	"runtime"
	"testing"

	"ranksweep/results"
	"ranksweep/sweep"
	"ranksweep/sweep/sweeptest"
	"ranksweep/train"
)

// TestHelpChangesNoByte: one worker makes the same store with and without the help of one to three idle
// cores.
func TestHelpChangesNoByte(t *testing.T) {
	trainer := New(os.DirFS(t.TempDir()))
	p := testPlan(t, trainer, testModel(t), testData(t))
	check(t, p.Experiment.Set("batch=48", "steps=2")) // products large enough to be shared
	p, err := sweep.NewPlan(context.Background(), p.Experiment, train.Trainers{trainer})
	check(t, err)
	alone := t.TempDir()
	check(t, runPlan(t, context.Background(), p, trainer, alone, 1, &sweeptest.Observer{}))

	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(0))
	for cores := 2; cores <= 4; cores++ {
		runtime.GOMAXPROCS(cores)
		helped := t.TempDir()
		s := sweep.Scheduler{
			Trainers: train.Trainers{trainer}, Store: results.Open(helped), Workers: 1, Memory: 1 << 30,
			Observer: &sweeptest.Observer{},
		}
		check(t, s.Run(context.Background(), p))
		check(t, sweeptest.SameContents(sweeptest.Contents(t, helped), sweeptest.Contents(t, alone)))
	}
}
