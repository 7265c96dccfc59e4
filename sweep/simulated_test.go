package sweep_test

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
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
	"ranksweep/train/resume"
)

// The gate simulates few; a cluster has more.
var (
	simulatedWorkers = flag.Int("workers", 50, "`NUMBER` of workers that are simulated")
	simulatedEach    = flag.Int("each", 4, "`NUMBER` of simulated runs for each worker")
)

// What is simulated.
const (
	stepTime  = time.Minute
	runSteps  = 60
	saveEvery = 5 * time.Minute   // a checkpoint
	life      = 100 * time.Minute // of a worker, on average, until it is preempted
	restart   = 2 * time.Minute   // after that
	delay     = 30 * time.Second  // after which one worker sees what another one wrote
)

// cluster is a simulation of workers that fill one store. The training, the disk and the clock
// are simulated; the scheduler, the store and the checkpoints are those of a sweep.
type cluster struct {
	server storetest.Server
	step   time.Duration // that training takes

	kills     atomic.Int64
	finished  atomic.Int64 // trainings that came to their end
	trained   atomic.Int64 // nanoseconds of training
	lost      atomic.Int64 // nanoseconds of training that were not saved when a worker was preempted
	mu        sync.Mutex
	operation map[string]int // how often each was done on the disk
}

// machine is a worker from its start until it is preempted, without warning. Its trainer does
// nothing for a minute each step.
type machine struct {
	bowl
	cluster *cluster
	disk    storetest.Host
	dead    atomic.Bool
}

// Resolve says that runs take no memory here.
func (m *machine) Resolve(ctx context.Context, c experiments.Config) (train.Material, error) {
	material, err := m.bowl.Resolve(ctx, c)
	material.Apart = true
	return material, err
}

// Resume trains a run, from its checkpoint if it has one.
func (m *machine) Resume(ctx context.Context, c experiments.Config, k *resume.Keeper, report func(metrics.Point)) (
	train.Outcome, error) {
	first := 0
	if s := k.Load(); s != nil {
		k.Accept()
		first = s.Step
	}
	saved := time.Now()
	for step := first; step < runSteps; step++ {
		if k.Due(step) {
			k.Save(resume.State{Step: step})
			saved = time.Now()
		}
		began := time.Now()
		sleep(ctx, m.cluster.step)
		m.cluster.trained.Add(int64(time.Since(began)))
		if ctx.Err() != nil {
			m.cluster.lost.Add(int64(time.Since(saved)))
			return train.Outcome{}, ctx.Err()
		}
	}
	return m.Train(ctx, c, report)
}

// sleep returns after a time, or when the context ends.
func sleep(ctx context.Context, d time.Duration) {
	wait := time.NewTimer(d)
	defer wait.Stop()
	select {
	case <-wait.C:
	case <-ctx.Done():
	}
}

// count counts an operation on the disk and does it, unless the machine was preempted.
func (m *machine) count(operation string, do func() error) error {
	if m.dead.Load() {
		return errKilled
	}
	m.cluster.mu.Lock()
	m.cluster.operation[operation]++
	m.cluster.mu.Unlock()
	return do()
}

// start has a machine train a plan. It ends with an error if the machine is preempted, after
// the given time.
func (c *cluster) start(ctx context.Context, p *sweep.Plan, after time.Duration) error {
	m := &machine{cluster: c, disk: storetest.Host{Server: &c.server}}
	m.disk.Intercept = m.count
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	defer time.AfterFunc(after, func() { m.dead.Store(true); cancel(errKilled) }).Stop()
	o := &sweeptest.Observer{}
	s := sweep.Scheduler{
		Trainers: train.Trainers{m}, Store: results.OpenOn(&m.disk, "/s"), Workers: 1, Observer: o,
		Every: saveEvery, Checkpoints: new(resume.Bell),
	}
	err := s.Run(ctx, p)
	c.finished.Add(int64(o.Trained))
	return err
}

// work starts machines, one after another, until the plan is done. Times are whole seconds, so
// that few moments have to be simulated.
func (c *cluster) work(t *testing.T, p *sweep.Plan, random *rand.Rand) {
	time.Sleep(time.Duration(random.IntN(60)) * time.Second)
	for {
		after := time.Duration(random.ExpFloat64() * float64(life)).Round(time.Second)
		err := c.start(t.Context(), p, after)
		if err == nil {
			return
		}
		if !errors.Is(err, errKilled) {
			t.Error(err)
			return
		}
		c.kills.Add(1)
		time.Sleep(restart)
	}
}

// simulate has one worker for each plan fill a store, and returns the time that it takes.
func (c *cluster) simulate(t *testing.T, plans []*sweep.Plan) (took time.Duration) {
	synctest.Test(t, func(bubble *testing.T) {
		began := time.Now()
		var all sync.WaitGroup
		for w, p := range plans {
			all.Go(func() { c.work(bubble, p, rand.New(rand.NewPCG(1, uint64(w)))) })
		}
		ended, end := context.WithCancel(bubble.Context())
		go func() {
			for sleep(ended, 5*time.Hour); ended.Err() == nil; sleep(ended, 5*time.Hour) {
				t.Logf("after %v: %d trainings, %d preemptions", time.Since(began), c.finished.Load(), c.kills.Load())
			}
		}()
		all.Wait()
		end()
		took = time.Since(began)
	})
	return took
}

// seeds is a plan of runs on seeds from one on.
func seeds(t *testing.T, from, n int) *sweep.Plan {
	t.Helper()
	var list []string
	for seed := range n {
		list = append(list, fmt.Sprint(from+seed))
	}
	e := sweeptest.Experiment(t, "{name: s, data: a, grid: {rank: 1, seed: ["+strings.Join(list, ",")+"]}}")
	p, err := sweep.NewPlan(t.Context(), e, train.Trainers{new(machine)})
	check(t, err)
	return p
}

// newCluster has a disk on which changes are seen after a while.
func newCluster(delay, step time.Duration) *cluster {
	return &cluster{server: storetest.Server{Delay: delay}, step: step, operation: make(map[string]int)}
}

// compare holds the records of a plan's runs to those of an undisturbed store.
func (c *cluster) compare(t *testing.T, p *sweep.Plan) {
	t.Helper()
	calm := newCluster(0, 0)
	check(t, calm.start(t.Context(), p, time.Hour))
	reader := storetest.Host{Server: &c.server}
	for path, want := range records(&calm.server) {
		if got, err := reader.ReadFile(path); string(got) != want {
			t.Errorf("%s differs: %v", path, err)
		}
	}
}

// holds holds the store to a number of records.
func (c *cluster) holds(t *testing.T, runs int) {
	t.Helper()
	store := results.OpenOn(&storetest.Host{Server: &c.server}, "/s")
	if ids, err := store.IDs(); len(ids) != runs || err != nil {
		t.Errorf("the store has %d records, want %d: %v", len(ids), runs, err)
	}
}

// report says what was measured, and returns how much of the work was lost or done twice, as a
// part of what had to be done.
func (c *cluster) report(t *testing.T, workers, runs int, took time.Duration) (wasted float64) {
	t.Helper()
	useful := time.Duration(runs) * runSteps * c.step
	part := func(nanoseconds int64) float64 { return float64(nanoseconds) / float64(useful) }
	lost, trained := c.lost.Load(), c.trained.Load()
	t.Logf("%d workers, %d runs of %v: %v, %.3f of the time without preemptions", workers, runs, runSteps*c.step,
		took.Round(time.Minute), took.Seconds()*float64(workers)/useful.Seconds())
	t.Logf("preemptions: %d; work lost: %.2f%%; work done twice: %.2f%%; trainings that ended: %d", c.kills.Load(),
		100*part(lost), 100*part(trained-lost-int64(useful)), c.finished.Load())
	for _, name := range slices.Sorted(maps.Keys(c.operation)) {
		t.Logf("%-9s %7.4g a second", name, float64(c.operation[name])/took.Seconds())
	}
	return part(trained) - 1
}

// TestSimulatedListForAll: where workers have no shards but all runs in common, hardly a run is
// trained twice, although whoever looks for one cannot see what was finished in the last half
// minute.
func TestSimulatedListForAll(t *testing.T) {
	workers, runs := *manyProcesses, *manyRuns
	p := seeds(t, 0, runs)
	c := newCluster(delay, 10*time.Second)
	took := c.simulate(t, slices.Repeat([]*sweep.Plan{p}, workers))
	c.report(t, workers, runs, took)
	if n := int(c.finished.Load()); n < runs || n > runs+runs/50 {
		t.Errorf("%d runs were trained to their end, want %d", n, runs)
	}
	c.compare(t, p)
	c.holds(t, runs)
}

// TestSimulatedCluster: on a disk that shows changes after half a minute, workers have a shard
// each of long runs, and one in a hundred is preempted every minute. The store gets the bytes of an
// undisturbed one, and a tenth of the work at most is lost or done twice.
func TestSimulatedCluster(t *testing.T) {
	workers, each := *simulatedWorkers, *simulatedEach
	var plans []*sweep.Plan
	for w := range workers {
		plans = append(plans, seeds(t, w*each, each))
	}
	c := newCluster(delay, stepTime)
	took := c.simulate(t, plans)
	if wasted := c.report(t, workers, workers*each, took); wasted > 0.1 || c.kills.Load() == 0 {
		t.Errorf("%.3g of the work is lost or done twice, after %d preemptions", wasted, c.kills.Load())
	}
	for _, p := range plans {
		c.compare(t, p)
	}
	c.holds(t, workers*each)
}
