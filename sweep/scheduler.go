package sweep

import (
	"context"
	"fmt"
	"runtime"
	"sync"
	"time"

	"golang.org/x/sync/semaphore"

	"ranksweep/lora"
	"ranksweep/metrics"
	"ranksweep/results"
	"ranksweep/train"
)

// Observer is told of a sweep's progress, by several goroutines at once.
type Observer interface {
	Skipped(j Job)                              // the job has a record already
	Started(worker int, j Job)                  // a worker begins to train the job
	Stepped(worker int, j Job, p metrics.Point) // the worker made one more step
	Finished(worker int, j Job, r results.Run)  // the job is trained and stored
	Waiting(j Job)                              // another process trains the job
	Interrupted(worker int, j Job)              // the job was stopped; nothing was stored
}

// Scheduler trains the runs that a plan asks for and that a store lacks.
type Scheduler struct {
	Trainers train.Trainers
	Store    *results.Store
	Workers  int   // largest number of runs at once; memory may allow fewer
	Memory   int64 // bytes that the runs at once may take together
	Observer

	// HandOut, if not nil, is called for each trained run before it is stored, by
	// several workers at once. A run that is done comes with its adapters. An error
	// ends the sweep.
	HandOut func(r results.Run, adapters []lora.Trained) error

	memory *semaphore.Weighted // the part of Memory that no run uses
}

// Run trains the plan's missing runs, the longest first. Each is trained at most once,
// even if other processes share the store. Run returns when every run has a record. It
// returns an error if a record could not be written or ctx ended. A run that fails is
// no error here: its record says so.
func (s *Scheduler) Run(ctx context.Context, p *Plan) error {
	if err := s.Fits(p); err != nil {
		return err
	}
	s.memory = semaphore.NewWeighted(s.Memory)
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	jobs := make(chan Job)
	go func() {
		defer close(jobs)
		for _, j := range longestFirst(p.Jobs) {
			select {
			case jobs <- j:
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
			for j := range jobs {
				if err := s.job(ctx, p.Experiment.Name, worker, j, &busy); err != nil {
					cancel(err)
					return
				}
			}
		})
	}
	workers.Wait()
	if err := context.Cause(ctx); err != nil {
		return err
	}
	return s.await(ctx, p.Experiment.Name, busy.jobs)
}

// Fits returns an error if a single run that the store lacks needs more than Memory.
func (s *Scheduler) Fits(p *Plan) error {
	for _, j := range p.Jobs {
		if j.Material.Bytes <= s.Memory {
			continue
		}
		if settled, _ := s.Store.Settled(j.ID); !settled {
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
	for ; x >= 1000 && unit+1 < len(units); unit++ {
		x /= 1000
	}
	return fmt.Sprintf("%.3g %s", x, units[unit])
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

// await completes the jobs that other processes were training when their turn came. It
// waits for each record, or trains the job if the other process gave it up.
func (s *Scheduler) await(ctx context.Context, experiment string, jobs []Job) error {
	for _, j := range jobs {
		s.Waiting(j)
		for again := true; again; {
			var busy held
			if err := s.job(ctx, experiment, 0, j, &busy); err != nil {
				return err
			}
			if again = len(busy.jobs) > 0; again {
				select {
				case <-time.After(time.Second):
				case <-ctx.Done():
					return context.Cause(ctx)
				}
			}
		}
	}
	return nil
}

// job does one job, unless it has a record or another process is training it.
func (s *Scheduler) job(ctx context.Context, experiment string, worker int, j Job, busy *held) error {
	if done, err := s.stored(j); done || err != nil {
		return err
	}
	unlock, ok, err := s.Store.TryLock(j.ID)
	if err != nil {
		return err
	}
	if !ok {
		busy.add(j)
		return nil
	}
	defer unlock()
	if done, err := s.stored(j); done || err != nil {
		return err
	}
	if err := s.memory.Acquire(ctx, j.Material.Bytes); err != nil {
		return context.Cause(ctx)
	}
	defer s.memory.Release(j.Material.Bytes)
	s.Started(worker, j)
	run, adapters, err := s.train(ctx, experiment, worker, j)
	if err != nil {
		s.Interrupted(worker, j)
		return err
	}
	if s.HandOut != nil {
		if err := s.HandOut(run, adapters); err != nil {
			return err
		}
	}
	if err := s.Store.Put(run); err != nil {
		return err
	}
	s.Finished(worker, j, run)
	return nil
}

// stored reports whether the store has a record of the job that stays, and tells the
// observer.
func (s *Scheduler) stored(j Job) (bool, error) {
	settled, err := s.Store.Settled(j.ID)
	if settled {
		s.Skipped(j)
	}
	return settled, err
}

// train trains a job and returns its record. It returns an error if the sweep was
// interrupted; an error of the training itself makes the run's record say failed.
func (s *Scheduler) train(ctx context.Context, experiment string, worker int, j Job) (results.Run, []lora.Trained,
	error) {
	trainer, err := s.Trainers.Of(j.Config)
	if err != nil {
		return results.Run{}, nil, fmt.Errorf("sweep: %s: %w", j, err)
	}
	run := record(experiment, j, trainer.Provenance())
	started := time.Now()
	outcome, err := trainer.Train(ctx, j.Config, func(p metrics.Point) { s.Stepped(worker, j, p) })
	if ctx.Err() != nil {
		return run, nil, context.Cause(ctx)
	}
	run.Timing = results.Timing{Started: started.UTC(), Seconds: time.Since(started).Seconds()}
	if err != nil {
		run.Status, run.Reason = results.Failed, err.Error()
		return run, nil, nil
	}
	run.Status, run.Reason = outcome.Status, outcome.Reason
	run.Steps, run.Tokens = outcome.Steps, outcome.Tokens
	run.Curve, run.Modules, run.Validation = outcome.Curve, outcome.Modules, outcome.Validation
	run.Expected, run.BeyondTheory = outcome.Expected, outcome.BeyondTheory
	runtime.GC() // frees the memory for the next run
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
	}
}
