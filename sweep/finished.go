package sweep

import (
	"sync"
	"time"

	"ranksweep/results"
)

// finished keeps the leases of runs that have a record until other hosts can see the records.
type finished struct {
	mu     sync.Mutex
	leases []*results.Lease // the oldest first
	at     []time.Time
}

// add adds a lease, and releases those whose records everybody sees.
func (f *finished) add(l *results.Lease) {
	l.Finish()
	f.mu.Lock()
	defer f.mu.Unlock()
	f.leases, f.at = append(f.leases, l), append(f.at, time.Now())
	for time.Since(f.at[0]) >= results.Late {
		f.leases[0].Release()
		f.leases, f.at = f.leases[1:], f.at[1:]
	}
}

// release releases all leases.
func (f *finished) release() {
	for _, l := range f.leases {
		l.Release()
	}
}
