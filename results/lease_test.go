package results

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"ranksweep/results/storetest"
	"ranksweep/wholefile"
)

// claim claims the run x, and fails the test unless that succeeds as wanted.
func claim(t *testing.T, s *Store, want bool) *Lease {
	t.Helper()
	l, err := s.Claim(t.Context(), "x")
	if err != nil || (l != nil) != want {
		t.Fatalf("claimed: %v, %v, want %v", l != nil, err, want)
	}
	return l
}

func TestClaim(t *testing.T) {
	dir := t.TempDir()
	held := claim(t, Open(dir), true)
	claim(t, Open(dir), false)
	other, err := Open(dir).Claim(t.Context(), "y")
	if other == nil || err != nil {
		t.Fatalf("one claim keeps another run from being claimed: %v", err)
	}
	other.Release()
	held.Release()
	if held.Context().Err() == nil {
		t.Error("the context of a released lease goes on")
	}
	claim(t, Open(dir), true).Release()
	if left := files(t, dir); len(left) > 0 {
		t.Errorf("left %v", left)
	}
	if _, err := Open(dir).Claim(t.Context(), "a/b"); err == nil {
		t.Error("claimed a run of an impossible ID")
	}
}

// Of many that ask again and again, one at a time has the claim.
func TestClaimExcludes(t *testing.T) {
	dir := t.TempDir()
	var all sync.WaitGroup
	var holder sync.Mutex
	for range 8 {
		all.Go(func() {
			for range 200 {
				l, err := Open(dir).Claim(t.Context(), "x")
				if err != nil {
					t.Error(err)
				}
				if l == nil {
					continue
				}
				if !holder.TryLock() {
					t.Error("two have the claim")
				} else {
					holder.Unlock()
				}
				l.Release()
			}
		})
	}
	all.Wait()
}

// The run of a process of this host that has ended is free at once.
func TestClaimAfterAKilledProcess(t *testing.T) {
	dir := t.TempDir()
	leave(t, dir, ".x.lease", string(leaseText{Writer: endedProcess(t), Claim: "c"}.encode()))
	claim(t, Open(dir), true).Release()
}

// The run of another host is free when the lease was seen unchanged for the term, and so is
// one with a lease that cannot be read. The times of files do not matter.
func TestClaimOfAStaleLease(t *testing.T) {
	for _, text := range []string{
		string(leaseText{Writer: wholefile.Writer{Host: "elsewhere", Process: 1}, Claim: "c"}.encode()), "", "{",
		"\x00",
	} {
		dir := t.TempDir()
		leave(t, dir, ".x.lease", text)
		synctest.Test(t, func(t *testing.T) {
			s := Open(dir)
			claim(t, s, false)
			time.Sleep(leaseTerm - time.Second)
			claim(t, s, false)
			claim(t, Open(dir), false) // who sees it for the first time cannot tell
			time.Sleep(time.Second)
			claim(t, s, true).Release()
		})
	}
}

// A living holder keeps its lease for as long as it likes, even if others see each change
// half a minute late.
func TestALivingHolderKeepsItsLease(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		server := &storetest.Server{Delay: 30 * time.Second}
		held := claim(t, OpenOn(&storetest.Host{Server: server}, "/s"), true)
		other := OpenOn(&storetest.Host{Server: server}, "/s")
		for range 3600 {
			claim(t, other, false)
			time.Sleep(time.Second)
		}
		if err := held.Context().Err(); err != nil {
			t.Errorf("the lease ended: %v", err)
		}
		held.Release()
	})
}

// stopped makes a host's operations wait, as those of a stopped process or of a disk that
// hangs, until the function is called that it returns.
func stopped(h *storetest.Host) (goOn func()) {
	wait := make(chan struct{})
	h.Intercept = func(_ string, do func() error) error { <-wait; return do() }
	return func() { close(wait) }
}

// A process that stops blocks nobody. When it goes on, it sees that its run is another's, or
// finished.
func TestAStoppedHolder(t *testing.T) {
	for _, finished := range []bool{false, true} {
		synctest.Test(t, func(t *testing.T) {
			_, a, b := hosts(t, "")
			held, err := OpenOn(a, "/s").Claim(t.Context(), attempt(Done).ID)
			if err != nil {
				t.Fatal(err)
			}
			goOn := stopped(a)
			other := OpenOn(b, "/s")
			var taken *Lease
			for waited := time.Duration(0); taken == nil; waited += time.Second {
				time.Sleep(time.Second)
				if taken, err = other.Claim(t.Context(), attempt(Done).ID); err != nil || waited > leaseTerm+leaseBeat {
					t.Fatalf("not taken over after %v: %v", waited, err)
				}
			}
			if finished {
				if err := other.Put(attempt(Done)); err != nil {
					t.Fatal(err)
				}
				taken.Release()
			}
			goOn()
			time.Sleep(2 * leaseBeat)
			if cause := context.Cause(held.Context()); !errors.Is(cause, ErrTaken) {
				t.Errorf("finished %v: the stopped holder goes on: %v", finished, cause)
			}
			held.Release()
			if !finished {
				if err := taken.Context().Err(); err != nil {
					t.Errorf("the new holder lost the run: %v", err)
				}
				taken.Release()
			}
		})
	}
}

// A file of 100 GB in a lease's place is not read into memory, and counts as a lease that stays as it is.
func TestHugeLease(t *testing.T) {
	s := Open(t.TempDir())
	path := s.leasePath("x")
	if err := os.MkdirAll(filepath.Dir(path), 0o777); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, nil, 0o666); err != nil {
		t.Fatal(err)
	}
	if err := os.Truncate(path, 100<<30); err != nil {
		t.Skipf("skipped: this disk has no files with holes: %v", err)
	}
	claim(t, s, false)
	if holders, err := s.Holders(); len(holders) > 0 || err != nil {
		t.Errorf("holders %v (%v)", holders, err)
	}
}

// A holder whose lease somebody removed, or cut, makes it anew.
func TestALostLeaseIsMadeAnew(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		server := &storetest.Server{}
		a, b := &storetest.Host{Server: server}, &storetest.Host{Server: server}
		held := claim(t, OpenOn(a, "/s"), true)
		path := filepath.Join("/s", "runs", ".x.lease")
		for _, lose := range []func() error{
			func() error { return b.RemoveAll(path) }, func() error { return b.Write(path, nil) },
		} {
			if err := lose(); err != nil {
				t.Fatal(err)
			}
			time.Sleep(leaseBeat)
			synctest.Wait()
			claim(t, OpenOn(b, "/s"), false)
		}
		held.Release()
		if err := held.Context().Err(); !errors.Is(err, context.Canceled) || len(server.Files()) > 0 {
			t.Errorf("after its end: %v, %v", err, server.Files())
		}
	})
}

// Of a hundred that wait for one stale lease, one takes the run over.
func TestManyWaitForAStaleLease(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		server := &storetest.Server{}
		dead := &storetest.Host{Server: server}
		if err := errors.Join(dead.MkdirAll("/s/runs"), dead.Create("/s/runs/.x.lease", []byte("dead"))); err != nil {
			t.Fatal(err)
		}
		var mu sync.Mutex
		var holders []*Lease
		var all sync.WaitGroup
		for range 100 {
			all.Go(func() {
				s := OpenOn(&storetest.Host{Server: server}, "/s")
				for range 100 {
					l, err := s.Claim(t.Context(), "x")
					if err != nil {
						t.Error(err)
					}
					if l != nil {
						mu.Lock()
						holders = append(holders, l)
						mu.Unlock()
					}
					time.Sleep(time.Second)
				}
			})
		}
		all.Wait()
		living := 0
		for _, l := range holders {
			if l.Context().Err() == nil {
				living++
			}
			l.Release()
		}
		if living != 1 || len(holders) > 2 {
			t.Errorf("%d took the run over, %d kept it, want 1", len(holders), living)
		}
	})
}

// A finished run stays claimed until its lease is released. Then those who saw the lease know that
// there may be a record which they cannot see.
func TestAFinishedRunStaysClaimed(t *testing.T) {
	dir := t.TempDir()
	held, other := claim(t, Open(dir), true), Open(dir)
	held.Finish()
	if held.Context().Err() == nil {
		t.Error("the context of a finished run goes on")
	}
	claim(t, other, false)
	held.Release()
	for _, want := range []bool{true, false} {
		l := claim(t, other, true)
		if l.After() != want {
			t.Errorf("the run was another's: %v, want %v", !want, want)
		}
		l.Release()
	}
}

// Of two that find a lease stale, the slower one may take away the lease of the other. It puts
// it back at once, and does not train.
func TestASlowClaimOfAStaleLease(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		server, a, b := hosts(t, "")
		if err := errors.Join(a.MkdirAll("/s/runs"), a.Create("/s/runs/.x.lease", []byte("dead"))); err != nil {
			t.Fatal(err)
		}
		fast, slow := OpenOn(a, "/s"), OpenOn(b, "/s")
		claim(t, fast, false)
		claim(t, slow, false)
		time.Sleep(leaseTerm)
		var held *Lease
		n := 0
		b.Intercept = func(_ string, do func() error) error {
			if n++; n == 5 { // it moves the lease, after it read the stale one
				held = claim(t, fast, true)
			}
			return do()
		}
		claim(t, slow, false)
		if held == nil || len(server.Files()) != 1 {
			t.Fatalf("the slow one took nothing away, or left it: %v", server.Files())
		}
		claim(t, OpenOn(&storetest.Host{Server: server}, "/s"), false)
		time.Sleep(leaseBeat)
		synctest.Wait()
		if err := held.Context().Err(); err != nil {
			t.Errorf("the fast one lost the run: %v", err)
		}
		held.Release()
	})
}

// A claim that is reported as failed although it was done is one, and an error if it was not.
func TestClaimSurvivesALostAnswer(t *testing.T) {
	lost := errors.New("the answer was lost")
	for _, answer := range []error{lost, fs.ErrExist} {
		server := &storetest.Server{}
		h := &storetest.Host{Server: server}
		n := 0
		h.Intercept = func(_ string, do func() error) error {
			if err := do(); err != nil || n != 1 { // the second one makes the file
				n++
				return err
			}
			n++
			return answer
		}
		claim(t, OpenOn(h, "/s"), true).Release()
	}
	_, full, _ := hosts(t, "")
	full.Intercept = func(string, func() error) error { return lost }
	if _, err := OpenOn(full, "/s").Claim(t.Context(), "x"); !errors.Is(err, lost) {
		t.Errorf("error %v, want %v", err, lost)
	}
}
