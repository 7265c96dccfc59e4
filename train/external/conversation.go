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
	asked  int            // the step before which a checkpoint was asked for that has not come; 0: none
	deaf   bool           // the other process went on without it
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

// train trains the run. If ctx ends, it waits for a checkpoint if one is due. Beside an error is how
// far the run was.
func (c *conversation) train(ctx context.Context, m request) (train.Outcome, error) {
	o, err := c.talk(ctx, m)
	if err == nil {
		return o, nil
	}
	err = c.at(err)
	if ctx.Err() != nil && c.asked > 0 && !c.deaf {
		c.keeper.NotSaved(c.next, err)
	}
	return train.Outcome{Steps: c.outcome.Steps, Tokens: c.outcome.Tokens}, errors.Join(ctx.Err(), err)
}

// talk asks for the run and listens until it is over.
func (c *conversation) talk(ctx context.Context, m request) (train.Outcome, error) {
	c.say(m)
	heard := ctx
	for {
		if ctx.Err() != nil && heard == ctx {
			last, cancel := context.WithTimeout(context.WithoutCancel(ctx), farewell)
			defer cancel()
			heard = last
		}
		c.ask(m.save)
		if ctx.Err() != nil && (c.asked == 0 || c.deaf) {
			return train.Outcome{}, ctx.Err()
		}
		answer, err := c.listenFor(heard)
		if errors.Is(err, context.DeadlineExceeded) {
			err = broken{fmt.Sprintf("did not answer save within %s", farewell), ""}
		}
		if err != nil && ctx.Err() != nil && heard == ctx {
			continue // to ask for a checkpoint
		}
		if err != nil {
			return train.Outcome{}, err
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
	if c.asked == 0 && c.keeper.Due(c.next) {
		c.asked = c.next
		c.say(save{"save", file})
	}
}

// hear takes a message. done is true after the last one.
func (c *conversation) hear(m message, file string) (done bool, err error) {
	switch m.Type {
	case "working":
	case "step":
		return false, c.stepped(m)
	case "saved":
		return false, c.saved(m, file)
	case "done":
		if m.Memory != nil {
			c.outcome.Peak = m.Memory.Peak
		}
		return true, nil
	case "failed":
		err := c.reason(m)
		if m.Memory != nil {
			err = outOfMemory{err, *m.Memory}
		}
		return false, refused{err}
	case "unable":
		return false, c.reason(m)
	default:
		return false, broken{fmt.Sprintf("said %q", m.Type),
			": must be working, step, saved, done, failed or unable"}
	}
	return false, nil
}

// reason is why another process cannot train a run, with how far the run was.
func (c *conversation) reason(m message) error {
	if c.next == 0 {
		return m.why()
	}
	return fmt.Errorf("failed%s: %w", c.place(), m.why())
}

// why is the error that a message gives as its reason.
func (m message) why() error {
	if m.Reason == "" {
		return fmt.Errorf("said %s without a reason", m.Type)
	}
	return errors.New(m.Reason)
}

// patience is how many steps another process may report, of those that were under way, before it
// saves a run as it was asked to.
const patience = 2

// stepped takes the measurements of a step.
func (c *conversation) stepped(m message) error {
	point, err := c.add(m)
	if err != nil {
		return err
	}
	c.report(point)
	if c.asked > 0 && m.Step == c.asked+patience {
		c.deaf = true
		c.keeper.NotSaved(c.asked, fmt.Errorf("the trainer was asked to save it, and reported step %d instead", m.Step))
	}
	return nil
}
