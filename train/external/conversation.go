package external

import (
	"context"
	"errors"
	"fmt"
	"time"

	"ranksweep/metrics"
	"ranksweep/train"
	"ranksweep/train/resume"
)

// farewell is how long a run that is interrupted may take to its next step, to be saved there.
const farewell = time.Minute

// conversation trains a run by messages.
type conversation struct {
	partner
	*curve
	by     string // what computes, as in provenance
	report func(metrics.Point)

	keeper *resume.Keeper // nil: the run is not saved
	asked  bool           // a checkpoint was asked for, and has not come yet
}

// resume keeps checkpoints of the run, and goes on from the one that is there.
func (c *conversation) resume(m *request, k *resume.Keeper) {
	c.keeper = k
	s := k.Load()
	if s == nil {
		return
	}
	if err := c.restore(s, m.save+"-before", c.by); err != nil {
		k.Refuse(err)
		return
	}
	m.Resume = m.save + "-before"
	k.Accept()
}

// train trains the run. If ctx ends, it waits for a checkpoint if one is due.
func (c *conversation) train(ctx context.Context, m request) (train.Outcome, error) {
	c.say(m)
	heard := ctx
	for {
		if ctx.Err() != nil && heard == ctx {
			last, cancel := context.WithTimeout(context.WithoutCancel(ctx), farewell)
			defer cancel()
			heard = last
		}
		c.ask(m.save)
		if ctx.Err() != nil && !c.asked {
			return train.Outcome{}, ctx.Err()
		}
		answer, err := c.listenFor(heard)
		if err != nil && ctx.Err() != nil && heard == ctx {
			continue // to ask for a checkpoint
		}
		if err != nil {
			return train.Outcome{}, errors.Join(ctx.Err(), err)
		}
		done, err := c.hear(answer, m.save)
		if done {
			return c.end()
		}
		if err != nil {
			return train.Outcome{}, err
		}
		if answer.Type == "saved" && ctx.Err() != nil {
			return train.Outcome{}, ctx.Err()
		}
	}
}

// ask asks for a checkpoint if one is due.
func (c *conversation) ask(file string) {
	if !c.asked && c.keeper.Due(c.next) {
		c.asked = true
		c.say(save{"save", file})
	}
}

// hear takes a message. done is true after the last one.
func (c *conversation) hear(m message, file string) (done bool, err error) {
	switch m.Type {
	case "working":
	case "step":
		point, err := c.add(m)
		if err != nil {
			return false, err
		}
		c.report(point)
	case "saved":
		return false, c.saved(m, file)
	case "done":
		if m.Memory != nil {
			c.outcome.Peak = m.Memory.Peak
		}
		return true, nil
	case "failed":
		err := errors.New(m.Reason)
		if m.Memory != nil {
			err = outOfMemory{err, *m.Memory}
		}
		return false, refused{err}
	default:
		return false, fmt.Errorf("said %q during a run: must be working, step, saved, done or failed", m.Type)
	}
	return false, nil
}
