package results

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"sync"
	"time"

	"ranksweep/wholefile"
)

// A holder renews its lease at every beat. A lease that stayed the same for the whole term is
// stale: the term is long enough for a host that sees changes half a minute late.
const (
	leaseBeat = 10 * time.Second
	leaseTerm = 60 * time.Second
)

// Late is how late a host may see what another one wrote, without a run being trained twice.
const Late = 30 * time.Second

const leaseSuffix = ".lease"

// ErrTaken is the cause for which the context of a lease ends if another process has taken
// the run over, since the holder had stopped for a while.
var ErrTaken = errors.New("results: another process has taken the run over")

// Lease is a claim on a run, so that nobody else trains it at the same time. It only saves
// work: records are right however often a run is trained at once. A lease is a file, and its
// holder changes it all the time. Whoever sees it unchanged for a minute of their own clock,
// or knows that the holder has ended, may take the run over. For a while a finished run has both
// a record and a lease, see [Lease.Finish].
type Lease struct {
	store   *Store
	id      string
	held    leaseText
	since   time.Time // when it was claimed
	context context.Context
	taken   context.CancelCauseFunc
	stopped chan struct{}
	after   bool // this process saw another's lease of the run

	mu   sync.Mutex
	last told
}

// leaseText is the content of a lease.
type leaseText struct {
	wholefile.Writer
	Claim   string  `json:"claim"`             // a random text, of this lease alone
	Beat    int     `json:"beat"`              // how often it was renewed
	Task    string  `json:"task,omitempty"`    // what a cluster calls the holder
	Seconds float64 `json:"seconds,omitempty"` // from the claim to the beat
	Progress
}

func (l leaseText) encode() []byte {
	text, _ := json.Marshal(l) // cannot fail: it has texts and numbers alone
	return append(text, '\n')
}

// decodeLease returns an empty leaseText if the text is none, as while it is written.
func decodeLease(text []byte) (l leaseText) {
	json.Unmarshal(text, &l)
	return l
}

func (s *Store) leasePath(id string) string { return filepath.Join(s.runs, "."+id+leaseSuffix) }

// longestLease is more bytes than any lease has.
const longestLease = 64 << 10

// readLease reads a lease, of a file of any size: no more than what tells whether it is one.
func (s *Store) readLease(path string) ([]byte, error) {
	return s.files.ReadPart(path, 0, longestLease)
}

// Claim claims a run. It returns nil if another process holds it.
//
// Whoever gets the lease must look in the store again: the run may have been finished a
// moment before.
func (s *Store) Claim(ctx context.Context, id string) (*Lease, error) {
	l := &Lease{store: s, id: id, since: time.Now(), stopped: make(chan struct{}),
		held: leaseText{Writer: wholefile.Self(), Claim: wholefile.Random(), Task: s.Task}}
	ok, err := l.claim()
	if err != nil {
		return nil, fmt.Errorf("results: run %s: cannot be claimed: %w", id, err)
	}
	if !ok {
		return nil, nil
	}
	l.context, l.taken = context.WithCancelCause(ctx)
	go l.keep()
	return l, nil
}

func (l *Lease) claim() (bool, error) {
	if err := errors.Join(checkID(l.id), l.store.files.MkdirAll(l.store.runs)); err != nil {
		return false, err
	}
	err := l.create()
	_, l.after = l.store.others.LoadAndDelete(l.id)
	if errors.Is(err, fs.ErrExist) && l.store.removeStale(l.id) {
		l.after = false // the other one finished nothing for a minute
		err = l.create()
	}
	if errors.Is(err, fs.ErrExist) {
		l.store.others.Store(l.id, true)
		return false, nil
	}
	return err == nil, err
}

// create makes the file of the lease. An error may be reported although it was made.
func (l *Lease) create() error {
	err := l.store.files.Create(l.store.leasePath(l.id), l.held.encode())
	if err != nil && l.read().Claim == l.held.Claim {
		return nil
	}
	return err
}

// read returns the lease that is there, which may be another's, or empty.
func (l *Lease) read() leaseText {
	text, _ := l.store.readLease(l.store.leasePath(l.id))
	return decodeLease(text)
}

// removeStale removes a lease whose holder has ended or stopped, and reports whether it did.
func (s *Store) removeStale(id string) bool {
	path := s.leasePath(id)
	text, err := s.readLease(path)
	unchanged := s.leases.Unchanged(id, seen(text, err))
	if !decodeLease(text).Ended() && unchanged < leaseTerm {
		return false
	}
	// Another process may have replaced the lease since. It is moved to see which one it is, and
	// back at once if it is a fresh one: otherwise a third process would claim the run.
	moved := filepath.Join(s.runs, wholefile.PartialName(id+leaseSuffix))
	if err := s.files.Rename(path, moved); err != nil {
		return false
	}
	defer s.files.RemoveAll(moved)
	if now, _ := s.readLease(moved); string(now) != string(text) {
		s.files.Rename(moved, path)
		return false
	}
	return true
}

// seen is what a [wholefile.Watch] of leases compares.
func seen(text []byte, err error) string { return fmt.Sprint(string(text), err) }

// keep renews the lease until it ends.
func (l *Lease) keep() {
	defer close(l.stopped)
	tick := time.NewTicker(leaseBeat)
	defer tick.Stop()
	for {
		select {
		case <-l.context.Done():
			return
		case <-tick.C:
			if !l.renew() {
				l.taken(ErrTaken)
			}
		}
	}
}

// renew changes the lease. It returns false if the run is another's by now, or finished. If
// the file cannot be written, the holder goes on.
func (l *Lease) renew() bool {
	there := l.read()
	if there.Claim == "" { // somebody removed it, or it is damaged
		if settled, _ := l.store.Settled(l.id); settled {
			return false
		}
	} else if there.Claim != l.held.Claim {
		return false
	}
	l.held.Beat++
	l.held.Seconds, l.held.Progress = time.Since(l.since).Round(time.Millisecond).Seconds(), l.progress()
	l.store.files.Write(l.store.leasePath(l.id), l.held.encode())
	return true
}

// Context ends when the lease does. Its cause is [ErrTaken] if another process has taken the
// run over.
func (l *Lease) Context() context.Context { return l.context }

// After reports whether another process gave the run up or finished it since this one last
// tried to claim it. If it finished the run, its record may not be seen here before [Late].
func (l *Lease) After() bool { return l.after }

// Finish ends the lease of a run that has a record. Its file stays until Release, so that nobody
// claims the run who cannot see the record yet.
func (l *Lease) Finish() {
	l.taken(nil)
	<-l.stopped
}

// Release ends the lease.
func (l *Lease) Release() {
	l.Finish()
	if l.read().Claim == l.held.Claim {
		l.store.files.RemoveAll(l.store.leasePath(l.id))
	}
}
