package external

import (
	"errors"
	"fmt"
)

// broken says how the other process broke off the conversation: what it did, and how or why. In
// between stands how far the run was.
type broken struct{ what, how string }

func (b broken) Error() string { return b.what + b.how }

// at adds how far the run was to an error that says how the conversation broke off.
func (c *curve) at(err error) error {
	if b, ok := errors.AsType[broken](err); ok {
		return broken{b.what + c.place(), b.how}
	}
	return err
}

// place says which step of the run was reported last, and if nothing but done is missing.
func (c *curve) place() string {
	if c.next == 0 {
		return " before the run's first step"
	}
	text := fmt.Sprintf(" after step %d of %d", c.next-1, c.work.Config.Train.Steps)
	if c.finished() {
		text += ", the last one, without done"
	}
	return text
}
