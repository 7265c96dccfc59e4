package sweep

import (
	"sync"
	"time"

	"ranksweep/results"
)

// finished keeps the leases of runs that have a record, until other hosts can see the records.
type finished struct {
	ended chan struct{} // closed when the sweep ends
	kept  sync.WaitGroup
}

func newFinished() *finished { return &finished{ended: make(chan struct{})} }

// keep ends a lease and releases it a while later.
func (f *finished) keep(l *results.Lease) {
	l.Finish()
	f.kept.Go(func() {
		select {
		case <-time.After(results.Late):
		case <-f.ended:
		}
		l.Release()
	})
}

// release releases all leases.
func (f *finished) release() {
	close(f.ended)
	f.kept.Wait()
}
