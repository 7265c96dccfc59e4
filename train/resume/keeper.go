package resume

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"sync/atomic"
	"time"

	"ranksweep/results"
)

// Bell asks all runs of a process for a checkpoint. Any goroutine may ring it.
type Bell struct{ rung atomic.Int64 }

// Ring asks every run for a checkpoint before its next step.
func (b *Bell) Ring() { b.rung.Add(1) }

// Keeper keeps the checkpoint of a run that is being trained. It is for one goroutine. A nil
// Keeper keeps none.
type Keeper struct {
	Store *results.Store // that has the checkpoint
	Of    Identity
	Steps int           // that the run has
	Every time.Duration // between two checkpoints; 0: only if the bell rings or the run is interrupted
	Bell  *Bell

	Resume func(step int)    // is told from which step the run goes on
	Note   func(text string) // is told what a user should know

	ctx     context.Context
	started time.Time      // when this process began the run
	before  results.Timing // of the run in other processes
	heard   int64          // how often the bell had rung when it was last heeded
	written time.Time      // when a checkpoint was last written, or failed to be
	first   int            // the step from which the run goes on; 0: from its beginning
	last    int            // the step of the checkpoint that is there
	reached int            // the last step that Due was asked about
}

// Begin says that the training begins. If ctx ends, the run is interrupted.
func (k *Keeper) Begin(ctx context.Context) {
	k.ctx, k.started, k.written = ctx, time.Now(), time.Now()
	k.heard = k.Bell.rung.Load()
}

// Due reports whether the run should be saved before the given step: since it is time, since
// somebody asked, or since the run is interrupted, unless another process goes on with it.
func (k *Keeper) Due(step int) bool {
	if k == nil {
		return false
	}
	if k.reached = step; step <= k.last {
		return false
	}
	if k.ctx.Err() != nil {
		return !errors.Is(context.Cause(k.ctx), results.ErrTaken)
	}
	return k.Bell.rung.Load() != k.heard || k.Every > 0 && time.Since(k.written) >= k.Every
}

// Save writes a checkpoint in place of the one before. If it cannot be written, that one stays,
// the user is told, and the run goes on.
func (k *Keeper) Save(s State) {
	k.heard = k.Bell.rung.Load()
	err := k.Store.WriteCheckpoint(k.Of.Run, func(w io.Writer) error {
		return write(w, k.Of, k.Steps, k.Timing(k.started), s)
	})
	if err != nil {
		k.NotSaved(s.Step, err)
		return
	}
	k.last, k.written = s.Step, time.Now()
}

// NotSaved says why there is no checkpoint before a step, although one was due.
func (k *Keeper) NotSaved(step int, why error) {
	k.heard, k.written = k.Bell.rung.Load(), time.Now()
	k.Note(fmt.Sprintf("its checkpoint at step %d is not written: %v", step, why))
}

// Load returns the state from which the run goes on; nil if it begins anew. A file that cannot
// be used is refused.
func (k *Keeper) Load() *State {
	if k == nil {
		return nil
	}
	content, err := k.Store.ReadCheckpoint(k.Of.Run)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	var s State
	var timing results.Timing
	if err == nil {
		s, timing, err = read(content, k.Of)
	}
	if err != nil {
		k.Refuse(err)
		return nil
	}
	k.before, k.first, k.last, k.reached = timing, s.Step, s.Step, s.Step
	return &s
}

// Accept says that the run goes on from the state that Load returned.
func (k *Keeper) Accept() { k.Resume(k.first) }

// Refuse moves the checkpoint aside, which cannot be used for the given reason.
func (k *Keeper) Refuse(why error) { k.refuse(why, "the run starts anew") }

func (k *Keeper) refuse(why error, then string) {
	to, err := k.Store.AsideCheckpoint(k.Of.Run)
	if err != nil {
		to = fmt.Sprintf("%s, which cannot be moved aside (%v)", k.Store.CheckpointFile(k.Of.Run), err)
	}
	k.Note(fmt.Sprintf("its checkpoint cannot be used: %v; the file is kept in %s, and %s", why, to, then))
	k.before, k.first, k.last, k.reached = results.Timing{}, 0, 0, 0
}

// Failed says that the training ended with an error. A checkpoint from which the run did not
// come a step further is refused, so that the next try starts anew.
func (k *Keeper) Failed(err error) {
	if k != nil && k.first > 0 && k.reached <= k.first {
		k.refuse(fmt.Errorf("the run fails right after it: %w", err), "the same command starts the run anew")
	}
}

// Timing returns when a run began and how long it was trained, in all processes, if this
// process began at the given time.
func (k *Keeper) Timing(began time.Time) results.Timing {
	t := results.Timing{Started: began.UTC(), Seconds: time.Since(began).Seconds()}
	if k != nil && !k.before.Started.IsZero() {
		t.Started, t.Seconds = k.before.Started, t.Seconds+k.before.Seconds
	}
	return t
}
