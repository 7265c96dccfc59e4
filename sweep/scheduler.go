package sweep

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"math"
	"runtime"
	"sync"
	"time"

	"golang.org/x/sync/semaphore"

	"ranksweep/lora"
	"ranksweep/metrics"
	"ranksweep/paper/number"
	"ranksweep/results"
	"ranksweep/train"
	"ranksweep/train/resume"
)

// Observer is told of a sweep's progress, by several goroutines at once.
type Observer interface {
	Skipped(j Job)                              // the job has a record already
	Started(worker int, j Job)                  // a worker begins to train the job
	Stepped(worker int, j Job, p metrics.Point) // the worker made one more step
	Finished(worker int, j Job, r results.Run)  // the job is trained and stored
	Waiting(j []Job)                            // nothing is left but jobs that other processes train
	Interrupted(worker int, j Job)              // the job was stopped; no record was stored
	Resumed(worker int, j Job, step int)        // the job goes on from a checkpoint of that step
	Noted(j Job, text string)                   // something that a user should know of a job, which goes on
}

// Scheduler trains the runs that a plan asks for and that a store lacks.
type Scheduler struct {
	Trainers train.Trainers
	Store    *results.Store // nil: all jobs are trained, and none is stored
	Workers  int            // largest number of runs at once; memory may allow fewer
	Memory   int64          // bytes that the runs at once may take together
	Observer

	// Every is the time between two checkpoints of a run; 0 means that none is written unless
	// Checkpoints rings or the sweep is interrupted. If Checkpoints is nil, none is ever
	// written, nor read.
	Every       time.Duration
	Checkpoints *resume.Bell

	// Elsewhere, if not nil, trains the runs of a plan that a store lacks, in place of this process. It does
	// what [Scheduler.Run] is said to do, of memory aside.
	Elsewhere func(ctx context.Context, p *Plan, store *results.Store, o Observer) error

	// HandOut, if not nil, is called for each trained run before it is stored, by
	// several workers at once. A run that is done comes with its adapters. An error
	// ends the sweep.
	HandOut func(r results.Run, adapters []lora.Trained) error

	memory   *semaphore.Weighted // the part of Memory that no run uses
	finished *finished
}

// Run trains the plan's missing runs, the longest first. Other processes may share the store:
// none trains what another one is training. Run returns when every run has a record. It
// returns an error if a record could not be written or ctx ended. A run that fails is
// no error here: its record says so.
func (s *Scheduler) Run(ctx context.Context, p *Plan) error {
	if s.Elsewhere != nil {
		return s.Elsewhere(ctx, p, s.Store, s.Observer)
	}
	if err := s.Fits(p); err != nil {
		return err
	}
	s.memory, s.finished = semaphore.NewWeighted(s.Memory), newFinished()
	defer s.finished.release()
	var waiting time.Time
	for jobs := LongestFirst(p.Jobs); ; {
		busy, err := s.round(ctx, p.Experiment.Name, jobs)
		if err != nil || len(busy) == 0 {
			return err
		}
		if len(busy) < len(jobs) {
			jobs = busy // some may be done by now
			continue
		}
		if waiting.IsZero() {
			s.Waiting(busy)
			waiting = time.Now()
		}
		select {
		case <-time.After(pause(time.Since(waiting))):
		case <-ctx.Done():
			return context.Cause(ctx)
		}
	}
}

// pause is the time until the next look at jobs of other processes, after waiting so long: a tenth
// of that, so that many who wait do not keep a disk busy.
func pause(waited time.Duration) time.Duration {
	return min(max(time.Second, waited/10), results.Late)
}

// round does each job, unless another process is training it; it returns those jobs.
func (s *Scheduler) round(ctx context.Context, experiment string, jobs []Job) ([]Job, error) {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	next := make(chan Job)
	go func() {
		defer close(next)
		for _, j := range jobs {
			select {
			case next <- j:
			case <-ctx.Done():
				return
			}
		}
	}()
	var busy held
	var workers sync.WaitGroup
	cores := newSpare(runtime.GOMAXPROCS(0), s.Workers, s.Trainers.Help())
	defer cores.stop()
	for worker := range s.Workers {
		workers.Go(func() {
			defer cores.free()
			for j := range next {
				ok, err := s.job(ctx, experiment, worker, j)
				if err != nil {
					cancel(err)
					return
				}
				if !ok {
					busy.add(j)
				}
			}
		})
	}
	workers.Wait()
	return busy.jobs, context.Cause(ctx)
}

// Fits returns an error if a single run that the store lacks needs more than Memory.
func (s *Scheduler) Fits(p *Plan) error {
	if s.Elsewhere != nil {
		return nil
	}
	for _, j := range p.Jobs {
		if j.held() <= s.Memory {
			continue
		}
		if settled, _ := s.settled(j); !settled {
			return fmt.Errorf("sweep: %s: needs %s of memory, but runs may use at most %s: "+
				"lower rank, batch or context, or raise GOMEMLIMIT",
				j, formatBytes(j.Material.Bytes), formatBytes(s.Memory))
		}
	}
	return nil
}

// formatBytes writes a size in the largest unit that leaves it at least 1.
func formatBytes(n int64) string {
	units := []string{"bytes", "KB", "MB", "GB", "TB"}
	x, unit := float64(n), 0
	for ; x >= 999.5 && unit+1 < len(units); unit++ {
		x /= 1000
	}
	return number.Significant(x, 3) + " " + units[unit]
}

// held collects the jobs that another process was training.
type held struct {
	mu   sync.Mutex
	jobs []Job
}

func (h *held) add(j Job) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.jobs = append(h.jobs, j)
}

// job does one job, unless it has a record. ok is false if another process is training it.
func (s *Scheduler) job(ctx context.Context, experiment string, worker int, j Job) (ok bool, err error) {
	if done, err := s.stored(j); done || err != nil {
		return true, err
	}
	if s.Store == nil {
		return true, s.complete(ctx, experiment, worker, j, nil)
	}
	lease, err := s.Store.Claim(ctx, j.ID)
	if lease == nil || err != nil {
		return false, err
	}
	if done, err := s.appears(lease, j); done || err != nil {
		lease.Release()
		return true, err
	}
	err = s.complete(lease.Context(), experiment, worker, j, lease)
	if err == nil {
		s.finished.keep(lease)
		return true, nil
	}
	lease.Release()
	if errors.Is(err, results.ErrTaken) || errors.Is(err, results.ErrUnseen) {
		return false, nil
	}
	return true, err
}

// appears is stored, of a job that was just claimed. If another process had it before, it waits for
// a record that this host cannot see yet.
func (s *Scheduler) appears(lease *results.Lease, j Job) (done bool, err error) {
	for claimed := time.Now(); ; {
		done, err = s.stored(j)
		if done || err != nil || !lease.After() || time.Since(claimed) >= results.Late {
			return done, err
		}
		select {
		case <-time.After(time.Second):
		case <-lease.Context().Done():
			return false, nil
		}
	}
}

// complete trains and stores a job, as soon as there is memory for it. Its lease, if it has one, is told
// of each step.
func (s *Scheduler) complete(ctx context.Context, experiment string, worker int, j Job, lease *results.Lease) error {
	if err := s.memory.Acquire(ctx, j.held()); err != nil {
		return context.Cause(ctx)
	}
	defer s.memory.Release(j.held())
	s.Started(worker, j)
	run, adapters, err := s.train(ctx, experiment, worker, j, lease)
	if err == nil && s.HandOut != nil {
		err = s.HandOut(run, adapters)
	}
	if err == nil && s.Store != nil {
		err = s.put(run)
	}
	if err != nil {
		s.Interrupted(worker, j)
		return err
	}
	s.Finished(worker, j, run)
	return nil
}

// put stores a run. Its checkpoint is not needed any more if it has a result.
func (s *Scheduler) put(r results.Run) error {
	if err := s.Store.Put(r); err != nil || r.Status == results.Failed {
		return err
	}
	return s.Store.DropCheckpoint(r.ID)
}

// held is the memory of this machine that a job takes, in bytes.
func (j Job) held() int64 {
	if j.Material.Apart {
		return 0
	}
	return j.Material.Bytes
}

// stored reports whether the store has a record of the job that stays, and tells the
// observer.
func (s *Scheduler) stored(j Job) (bool, error) {
	settled, err := s.settled(j)
	if settled {
		s.Skipped(j)
	}
	return settled, err
}

func (s *Scheduler) settled(j Job) (bool, error) {
	if s.Store == nil {
		return false, nil
	}
	return s.Store.Settled(j.ID)
}

// train trains a job and returns its record. It returns an error if the sweep was
// interrupted; an error of the training itself makes the run's record say failed.
func (s *Scheduler) train(ctx context.Context, experiment string, worker int, j Job, lease *results.Lease) (
	results.Run, []lora.Trained, error) {
	trainer, err := s.Trainers.Of(j.Config)
	if err != nil {
		return results.Run{}, nil, fmt.Errorf("sweep: %s: %w", j, err)
	}
	run := record(experiment, j, trainer.Provenance())
	started, report := time.Now(), func(p metrics.Point) {
		s.Stepped(worker, j, p)
		lease.Tell(p.Step, j.Config.Train.Steps, p.Values[metrics.TrainLoss])
	}
	lease.Tell(0, j.Config.Train.Steps, math.NaN())
	keeper := s.keeper(ctx, worker, j, run.Provenance, lease)
	outcome, err := trainWith(ctx, trainer, j.Config, keeper, report)
	if err != nil && ctx.Err() != nil {
		return run, nil, context.Cause(ctx)
	}
	run.Timing = keeper.Timing(started)
	run.Timing.Peak = outcome.Peak
	run.Steps, run.Tokens = outcome.Steps, outcome.Tokens
	if err != nil {
		keeper.Failed(err)
		run.Status, run.Reason = results.Failed, err.Error()
		return run, nil, nil
	}
	run.Status, run.Reason = outcome.Status, outcome.Reason
	run.Curve, run.Modules, run.Validation = outcome.Curve, outcome.Modules, outcome.Validation
	run.Expected, run.BeyondTheory = outcome.Expected, outcome.BeyondTheory
	run.Provenance.Kernel = cmp.Or(outcome.Kernel, run.Provenance.Kernel)
	if j.held() > 0 {
		runtime.GC() // frees the memory for the next run
	}
	return run, outcome.Adapters, nil
}

// record returns the part of a run's record that is known before it is trained. The
// provenance is the trainer's.
func record(experiment string, j Job, made results.Provenance) results.Run {
	c := j.Config
	made.Numerics, made.ModelHash, made.DataHash = j.Material.Numerics, j.Material.ModelHash, j.Material.DataHash
	return results.Run{
		ID: j.ID, Cell: j.Cell, TwinID: j.TwinID, Experiment: experiment,
		Scheme: c.Adapter.SchemeName(), Powers: c.Adapter.Powers(), Rank: c.Adapter.Rank,
		Alpha: c.Adapter.EffectiveAlpha(), Gamma: c.Adapter.Gamma(),
		Seed: c.Seed, Optimizer: c.Train.Optimizer, LR: c.Train.LR,
		Flops: j.Material.Cost, FactoredFlops: j.Material.Factored, Bytes: j.Material.Bytes,
		Axes: j.Axes, Config: c.JSON(), Warnings: j.Material.Warnings, Provenance: made,
		Varies: c.Varies(),
	}
}
