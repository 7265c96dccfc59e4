package sweep

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"runtime"
	"sync"
	"time"

	"golang.org/x/sync/semaphore"

	"ranksweep/lora"
	"ranksweep/metrics"
	"ranksweep/results"
)

// Observer is told how a sweep goes on, by several goroutines at once.
type Observer interface {
	Skipped(j Job, r results.Run)               // its record is there already
	Started(worker int, j Job)                  // a worker trains it
	Stepped(worker int, j Job, p metrics.Point) // one more step
	Finished(worker int, j Job, r results.Run)  // and stored
	Waiting(j Job)                              // another process trains it
	Interrupted(worker int, j Job)              // stopped before its end, nothing stored
}

// Scheduler trains what a plan asks for and a store lacks.
type Scheduler struct {
	Trainers Trainers
	Store    *results.Store
	Workers  int   // runs at once, as far as memory allows
	Memory   int64 // bytes that all runs at once may take
	Observer

	// HandOut is given every run that was trained, and its adapters where it is
	// done, before it is stored, by several workers at once. An error ends the
	// sweep. It may be nil.
	HandOut func(r results.Run, adapters []lora.Trained) error

	memory *semaphore.Weighted // of Memory, what no run has
}

// Run trains the plan's missing runs, the longest first, each at most once
// even where other processes share the store. It returns when every run has a
// record, with an error when a record could not be written or ctx ended; runs
// that failed are in the store.
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
	cores := newSpare(runtime.GOMAXPROCS(0), s.Workers, s.Trainers.help())
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

// Fits returns an error if a run that the store lacks takes more than Memory
// alone.
func (s *Scheduler) Fits(p *Plan) error {
	for _, j := range p.Jobs {
		if j.Material.Bytes <= s.Memory {
			continue
		}
		if r, err := s.Store.Get(j.ID); err != nil || r.Status == results.Failed {
			return fmt.Errorf("sweep: %s: takes %s of memory, and runs may have %s here: lower rank, batch or context, or raise GOMEMLIMIT",
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

// held is the jobs that another process was seen to train.
type held struct {
	mu   sync.Mutex
	jobs []Job
}

func (h *held) add(j Job) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.jobs = append(h.jobs, j)
}

// await sees the jobs through that other processes had when their turn came:
// it waits for the record, or trains what was abandoned.
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

// job does one job, unless its record is there or another process has it.
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

// stored reports whether the store has the job's result, and tells of it. A
// damaged record or a failure counts as missing.
func (s *Scheduler) stored(j Job) (bool, error) {
	r, err := s.Store.Get(j.ID)
	switch {
	case err == nil && r.Status != results.Failed:
		s.Skipped(j, r)
		return true, nil
	case err == nil, errors.Is(err, fs.ErrNotExist), errors.Is(err, results.ErrDamaged):
		return false, nil
	}
	return false, err
}

// train makes the record of a job. Its error is that of an interrupted sweep;
// one of the training itself makes a failed record.
func (s *Scheduler) train(ctx context.Context, experiment string, worker int, j Job) (results.Run, []lora.Trained, error) {
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
	runtime.GC() // the next run takes as much again
	return run, outcome.Adapters, nil
}

// record fills in what is known of a run before it is trained, by a trainer of the
// given provenance.
func record(experiment string, j Job, made results.Provenance) results.Run {
	c := j.Config
	made.Numerics, made.ModelHash, made.DataHash = j.Material.Numerics, j.Material.ModelHash, j.Material.DataHash
	return results.Run{
		ID: j.ID, Cell: j.Cell, Function: j.Function, Experiment: experiment,
		Scheme: c.Adapter.SchemeName(), Scaling: c.Adapter.Powers(), Rank: c.Adapter.Rank,
		Alpha: c.Adapter.EffectiveAlpha(), Gamma: c.Adapter.Gamma(),
		Seed: c.Seed, Optimizer: c.Train.Optimizer, LR: c.Train.LR,
		Flops: j.Material.Cost, FactoredFlops: j.Material.Factored, Bytes: j.Material.Bytes,
		Axes: j.Axes, Config: c.JSON(), Warnings: j.Material.Warnings, Provenance: made,
	}
}
