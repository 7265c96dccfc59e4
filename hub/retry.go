package hub

import (
	"context"
	"errors"
	"time"
)

// retry calls try until it succeeds, fails for good, or fails too often in a row without
// progress.
func (c *Client) retry(ctx context.Context, try func() (gotOn bool, err error)) error {
	wait := c.patience
	for failed := 1; ; failed++ {
		gotOn, err := try()
		if err == nil {
			return nil
		}
		if stopped := context.Cause(ctx); stopped != nil {
			return stopped
		}
		if gotOn {
			failed, wait = 1, c.patience
		}
		if failed == attempts || !passing(err) {
			return err
		}
		c.note("%v: trying again", err)
		select {
		case <-time.After(wait):
		case <-ctx.Done():
			return context.Cause(ctx)
		}
		wait *= 2
	}
}

// passing reports whether another attempt may succeed.
func passing(err error) bool {
	if r, ok := errors.AsType[refusal](err); ok {
		return r.passing()
	}
	_, ok := errors.AsType[unreachable](err)
	return ok
}
