package sweep

import (
	"context"
	"os"
	"runtime"
	"sync/atomic"
	"testing"
	"testing/synctest"

	"ranksweep/nn/kernel"
	"ranksweep/results"
)

// TestSpareCores: with c cores and w workers, of which so many have ended, as
// many cores are in use as are left over.
func TestSpareCores(t *testing.T) {
	for _, c := range []struct{ cores, workers, ended, want int }{
		{2, 2, 0, 0}, {2, 2, 1, 1}, {2, 2, 2, 2}, {4, 1, 0, 3}, {4, 1, 1, 4}, {2, 5, 3, 0}, {2, 5, 4, 1},
	} {
		synctest.Test(t, func(t *testing.T) {
			var used atomic.Int32
			s := newSpare(c.cores, c.workers, func(done <-chan struct{}) {
				used.Add(1)
				<-done
			})
			for range c.ended {
				s.free()
			}
			synctest.Wait()
			if got := int(used.Load()); got != c.want {
				t.Errorf("%+v: %d cores in use", c, got)
			}
			s.stop()
		})
	}
	newSpare(2, 1, nil).stop()
}

// TestHelpChangesNoByte: one worker with the help of idle cores leaves the
// store that it leaves alone.
func TestHelpChangesNoByte(t *testing.T) {
	trainer := NewLocal(os.DirFS(t.TempDir()))
	p := testPlan(t, trainer, testModel(t), testData(t))
	check(t, p.Experiment.Set("batch=48", "steps=2")) // products large enough to be shared
	p, err := NewPlan(p.Experiment, trainer)
	check(t, err)
	alone, helped := t.TempDir(), t.TempDir()
	check(t, runPlan(t, context.Background(), p, trainer, alone, 1, &silent{}))

	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(3))
	s := Scheduler{
		Trainer: trainer, Store: results.Open(helped), Workers: 1, Memory: 1 << 30, Program: "test", Kernel: kernel.Name(),
		Observer: &silent{}, Idle: kernel.Help,
	}
	check(t, s.Run(context.Background(), p))
	check(t, sameContents(contents(t, helped), contents(t, alone)))
}
