package sweep_test

import (
	"bytes"
	"context"
	"errors"
	"flag"
	"fmt"
	"math/rand/v2"
	"os/exec"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"ranksweep/experiments"
	"ranksweep/metrics"
	"ranksweep/results"
	"ranksweep/results/storetest"
	"ranksweep/sweep"
	"ranksweep/sweep/sweeptest"
	"ranksweep/train"
)

// The gate tests with few; more show more.
var (
	manyProcesses = flag.Int("processes", 20, "`NUMBER` of processes that fill a store together")
	manyRuns      = flag.Int("runs", 60, "`RUNS` that processes train together")
	manySeeds     = flag.Uint64("seeds", 3, "`NUMBER` of random histories of hosts that are killed")
)

// slow is a bowl of which each step takes a while.
type slow struct {
	bowl
	step time.Duration
}

func (s slow) Train(ctx context.Context, c experiments.Config, report func(metrics.Point)) (train.Outcome, error) {
	return s.bowl.Train(ctx, c, func(p metrics.Point) {
		select {
		case <-time.After(s.step):
		case <-ctx.Done():
		}
		report(p)
	})
}

// together is an experiment of runs that all fill one store.
func together(t *testing.T, runs int) *experiments.Experiment {
	var seeds []string
	for i := range runs {
		seeds = append(seeds, fmt.Sprint(i))
	}
	return sweeptest.Experiment(t,
		"{name: together, data: a, train: {steps: 3}, grid: {rank: 1, seed: ["+strings.Join(seeds, ",")+"]}}")
}

// process fills a store as one process does.
func process(t *testing.T, store *results.Store, e *experiments.Experiment, trainer train.Trainer,
	o *sweeptest.Observer) error {
	trainers := train.Trainers{trainer}
	p, err := sweep.NewPlan(context.Background(), e, trainers)
	check(t, err)
	s := sweep.Scheduler{Trainers: trainers, Store: store, Workers: 1, Memory: 1 << 30, Observer: o}
	return s.Run(t.Context(), p)
}

// Many processes at once on one store train each run once, or nearly.
func TestManyFillAStore(t *testing.T) {
	runs := *manyRuns
	dir, alone := t.TempDir(), t.TempDir()
	check(t, process(t, results.Open(alone), together(t, runs), bowl{}, &sweeptest.Observer{}))
	var all []*exec.Cmd
	for range *manyProcesses {
		c := fill(dir, runs)
		c.Stdout = new(bytes.Buffer)
		check(t, c.Start())
		all = append(all, c)
	}
	trained := 0
	for _, c := range all {
		var n int
		if err := c.Wait(); err != nil {
			t.Error(err)
		} else if _, err := fmt.Sscanf(strings.TrimLeft(fmt.Sprint(c.Stdout), stepMark), said, &n); err != nil {
			t.Errorf("a process says %q: %v", c.Stdout, err)
		}
		trained += n
	}
	t.Logf("%d processes: %d runs trained for %d", len(all), trained, runs)
	if trained < runs || trained > runs+runs/50 {
		t.Errorf("%d runs were trained, want %d", trained, runs)
	}
	if err := sweeptest.SameContents(sweeptest.Contents(t, dir), sweeptest.Contents(t, alone)); err != nil {
		t.Error(err)
	}
}

// records returns the files of records in a store, without times.
func records(s *storetest.Server) map[string]string {
	files := s.Files()
	for path := range files {
		if strings.Contains(path, "/.") || strings.HasSuffix(path, "timing.json") {
			delete(files, path)
		}
	}
	return files
}

// misfortune ends a host's process at a random moment within twenty minutes, amid any of its
// operations, and now and then reports a renaming as failed that was done.
func misfortune(h *storetest.Host, random *rand.Rand) {
	var mu sync.Mutex
	end, left := time.Now().Add(time.Duration(random.Int64N(int64(20*time.Minute)))), random.IntN(40)
	h.Intercept = func(operation string, do func() error) error {
		mu.Lock()
		if time.Now().After(end) {
			left--
		}
		killed, lost := left < 0, operation == "Rename" && random.IntN(10) == 0
		mu.Unlock()
		if killed {
			return errKilled
		}
		if err := do(); err != nil || !lost {
			return err
		}
		return errors.New("the answer was lost")
	}
}

var errKilled = errors.New("killed")

// Hosts that see each other's changes half a minute late are killed at random operations, and
// started again. The store ends with the bytes of an undisturbed one.
func TestHostsThatSeeLateAndAreKilled(t *testing.T) {
	const hosts, runs = 5, 12
	kills, trained := 0, 0
	for seed := range *manySeeds {
		synctest.Test(t, func(t *testing.T) {
			e := together(t, runs)
			calm := &storetest.Server{}
			check(t, process(t, results.OpenOn(&storetest.Host{Server: calm}, "/s"), e, bowl{}, &sweeptest.Observer{}))

			server, o := &storetest.Server{Delay: 30 * time.Second}, &sweeptest.Observer{}
			var mu sync.Mutex
			var all sync.WaitGroup
			for host := range uint64(hosts) {
				all.Go(func() {
					random := rand.New(rand.NewPCG(seed, host))
					for {
						h := &storetest.Host{Server: server}
						misfortune(h, random)
						err := process(t, results.OpenOn(h, "/s"), e, slow{step: time.Minute}, o)
						if err == nil {
							return
						}
						if !errors.Is(err, errKilled) {
							t.Errorf("seed %d: %v", seed, err)
							return
						}
						mu.Lock()
						kills++
						mu.Unlock()
					}
				})
			}
			all.Wait()
			trained += o.Trained
			if err := sweeptest.SameContents(records(server), records(calm)); err != nil {
				t.Errorf("seed %d: %v", seed, err)
			}
		})
	}
	t.Logf("%d kills, %d runs trained for %d", kills, trained, *manySeeds*runs)
	if kills < int(*manySeeds) {
		t.Errorf("%d kills: the test shows nothing", kills)
	}
}

// A process that stops, as with Ctrl-Z, holds nobody up: another one trains its run. When it
// goes on, it leaves the run to the other and ends well.
func TestAStoppedProcessHoldsNobodyUp(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		server := &storetest.Server{}
		stopped, other := &storetest.Host{Server: server}, &storetest.Host{Server: server}
		e := together(t, 3)
		goOn, begun := make(chan struct{}), make(chan struct{})
		var once sync.Once
		first := &sweeptest.Observer{OnStep: func() { once.Do(func() { close(begun) }); <-goOn }}
		var ended sync.WaitGroup
		ended.Go(func() {
			if err := process(t, results.OpenOn(stopped, "/s"), e, slow{step: time.Second}, first); err != nil {
				t.Error(err)
			}
		})
		<-begun
		stopped.Intercept = func(_ string, do func() error) error { <-goOn; return do() }
		second := &sweeptest.Observer{}
		check(t, process(t, results.OpenOn(other, "/s"), e, slow{step: time.Second}, second))
		if second.Trained != 3 {
			t.Errorf("the other one trained %d runs, want 3", second.Trained)
		}
		close(goOn)
		ended.Wait()
		if first.Trained != 0 || first.Skips != 3 {
			t.Errorf("the stopped one trained %d and skipped %d, want 0 and 3", first.Trained, first.Skips)
		}
	})
}

// Who waits for a run does not train it again, although its record is seen half a minute after its
// lease is gone.
func TestWhoWaitsForARunDoesNotTrainIt(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		server, e, o := &storetest.Server{Delay: 30 * time.Second}, together(t, 1), &sweeptest.Observer{}
		var both sync.WaitGroup
		for host := range 2 {
			both.Go(func() {
				time.Sleep(time.Duration(host) * time.Second)
				store := results.OpenOn(&storetest.Host{Server: server}, "/s")
				if err := process(t, store, e, slow{step: 10 * time.Second}, o); err != nil {
					t.Error(err)
				}
			})
		}
		both.Wait()
		if o.Trained != 1 || o.Skips != 1 {
			t.Errorf("trained %d times and skipped %d times, want once each", o.Trained, o.Skips)
		}
	})
}

// Without a store each job is trained and handed out.
func TestSchedulerWithoutAStore(t *testing.T) {
	o := &sweeptest.Observer{}
	check(t, process(t, nil, together(t, 3), bowl{}, o))
	if o.Trained != 3 || o.Skips != 0 {
		t.Errorf("%d were trained and %d skipped, want 3 and 0", o.Trained, o.Skips)
	}
}
