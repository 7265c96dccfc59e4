package hub

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"sync/atomic"
	"time"
)

// leastBytes is the number of bytes that must arrive in the time in which a client notices a
// stall, so that a hub that drips is one that stalls.
const leastBytes = 1024

// answer is an answer of the hub. Reading it fails if too little arrives.
type answer struct {
	*http.Response
	ctx     context.Context
	cancel  context.CancelCauseFunc
	timer   *time.Timer
	arrived atomic.Int64
	saw     func(bytes int) // called with what is read; may be nil
}

// watch ends a, whose request has ctx, once fewer than leastBytes arrive in the client's stall.
func (c *Client) watch(ctx context.Context, cancel context.CancelCauseFunc, resp *http.Response) *answer {
	a := &answer{Response: resp, ctx: ctx, cancel: cancel}
	a.timer = time.AfterFunc(c.stall, func() {
		if n := a.arrived.Swap(0); n < leastBytes {
			cancel(fmt.Errorf("%d bytes have arrived in %v: the hub or the line to it is stalled", n, c.stall))
			return
		}
		a.timer.Reset(c.stall)
	})
	return a
}

// Read reads the body. Its errors are the hub's: they are unreachable.
func (a *answer) Read(b []byte) (int, error) {
	n, err := a.Body.Read(b)
	a.arrived.Add(int64(n))
	if a.saw != nil {
		a.saw(n)
	}
	if err == nil || err == io.EOF {
		return n, err
	}
	if cause := context.Cause(a.ctx); cause != nil {
		err = cause
	}
	return n, unreachable{err}
}

func (a *answer) close() {
	a.timer.Stop()
	a.cancel(nil)
	a.Body.Close()
}
