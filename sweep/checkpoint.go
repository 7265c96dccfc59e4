package sweep

import (
	"context"
	"math"

	"ranksweep/experiments"
	"ranksweep/metrics"
	"ranksweep/results"
	"ranksweep/train"
	"ranksweep/train/resume"
)

// keeper returns what keeps a job's checkpoint in the store, or nil if none is kept.
func (s *Scheduler) keeper(ctx context.Context, worker int, j Job, made results.Provenance,
	lease *results.Lease) *resume.Keeper {
	if s.Checkpoints == nil || s.Store == nil {
		return nil
	}
	k := &resume.Keeper{
		Store: s.Store,
		Of:    resume.Identity{Run: j.ID, Trainer: j.Config.Trainer, Program: made.Program, Go: made.Go},
		Steps: j.Config.Train.Steps, Every: s.Every, Bell: s.Checkpoints,
		Resume: func(step int) {
			s.Resumed(worker, j, step)
			lease.Tell(step, j.Config.Train.Steps, math.NaN())
		},
		Note: func(text string) { s.Noted(j, text) },
	}
	k.Begin(ctx)
	return k
}

// trainWith trains a config, and goes on from its checkpoint if the trainer can.
func trainWith(ctx context.Context, t train.Trainer, c experiments.Config, k *resume.Keeper,
	report func(metrics.Point)) (train.Outcome, error) {
	if r, ok := t.(train.Resumer); ok && k != nil {
		return r.Resume(ctx, c, k, report)
	}
	return t.Train(ctx, c, report)
}
