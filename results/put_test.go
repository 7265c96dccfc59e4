package results

import (
	"errors"
	"fmt"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"ranksweep/metrics"
	"ranksweep/results/storetest"
)

// hosts returns stores on hosts that share a folder, in which one run has the status before;
// none if it is empty, a damaged record if it is "damaged".
func hosts(t *testing.T, before Status) (server *storetest.Server, a, b *storetest.Host) {
	t.Helper()
	server = &storetest.Server{}
	a, b = &storetest.Host{Server: server}, &storetest.Host{Server: server}
	if before == "" {
		return server, a, b
	}
	r := attempt(before)
	if before == "damaged" {
		r.Status = Done
	}
	s := OpenOn(a, "/s")
	err := s.Put(r)
	if before == "damaged" {
		err = errors.Join(err, a.Write(filepath.Join(s.path(r.ID), curveFile), []byte("x")))
	}
	if err != nil {
		t.Fatal(err)
	}
	return server, a, b
}

// attempt is one training of the same run, that ends with a status.
func attempt(status Status) Run {
	r := testRun("lora", 1, 4, 0)
	r.Status = status
	return r
}

// operations counts the operations of the file system that a Put takes.
func operations(t *testing.T, before, status Status) (n int) {
	t.Helper()
	_, a, _ := hosts(t, before)
	a.Intercept = func(_ string, do func() error) error { n++; return do() }
	if err := OpenOn(a, "/s").Put(attempt(status)); err != nil {
		t.Fatal(err)
	}
	return n
}

// everyPut calls try with each state in which a store may be, each status of a run that is
// put into it, and each operation in the course of that.
func everyPut(t *testing.T, try func(t *testing.T, before, status Status, at int)) {
	for _, before := range []Status{"", Failed, "damaged", Done} {
		for _, status := range []Status{Failed, Done} {
			n := operations(t, before, status)
			if n < 3 {
				t.Fatalf("Put takes %d operations", n)
			}
			for at := range n {
				t.Run(fmt.Sprintf("%s/%s/%d", before, status, at), func(t *testing.T) { try(t, before, status, at) })
			}
		}
	}
}

// expect holds the store to one whole record. If there was one before that is no result, it
// must have been moved aside.
func expect(t *testing.T, s *storetest.Server, before, want Status) {
	t.Helper()
	r, err := OpenOn(&storetest.Host{Server: s}, "/s").Get(attempt(want).ID)
	if err != nil || !sameRun(r, attempt(want)) {
		t.Errorf("the record is %s, %v, want %s", r.Status, err, want)
	}
	was, _, _ := hosts(t, before)
	for path, content := range was.Files() {
		kept := strings.Replace(path, "/runs/", "/runs/.replaced/", 1)
		if got := s.Files()[kept]; before != Done && got != content {
			t.Errorf("%s holds %q, want %q", kept, got, content)
		}
	}
}

// litter counts files that are no part of a record.
func litter(s *storetest.Server) (n int) {
	for path := range s.Files() {
		if strings.Contains(path, ".partial") || strings.Contains(path, leaseSuffix) {
			n++
		}
	}
	return n
}

// Another writer puts its record at any moment of a Put. Whoever of them has a result, it
// stays, and whatever was there is kept.
func TestPutAmidPut(t *testing.T) {
	everyPut(t, func(t *testing.T, before, status Status, at int) {
		for _, other := range []Status{Failed, Done} {
			server, a, b := hosts(t, before)
			n := 0
			a.Intercept = func(_ string, do func() error) error {
				if n++; n-1 == at {
					if err := OpenOn(b, "/s").Put(attempt(other)); err != nil {
						t.Error(err)
					}
				}
				return do()
			}
			if err := OpenOn(a, "/s").Put(attempt(status)); err != nil {
				t.Error(err)
			}
			want := Failed
			if status == Done || other == Done || before == Done {
				want = Done
			}
			expect(t, server, before, want)
			if n := litter(server); n > 0 {
				t.Errorf("%d files of litter", n)
			}
		}
	})
}

// A process that is killed at any moment of a Put leaves the store as good as before: the
// next one completes it.
func TestPutAfterAKilledPut(t *testing.T) {
	dead := errors.New("killed")
	everyPut(t, func(t *testing.T, before, status Status, at int) {
		for _, done := range []bool{false, true} { // the operation amid which it is killed
			server, a, b := hosts(t, before)
			n := 0
			a.Intercept = func(_ string, do func() error) error {
				if n++; n-1 < at || n-1 == at && done {
					return do()
				}
				return dead
			}
			OpenOn(a, "/s").Put(attempt(status))
			if before == Done {
				expect(t, server, before, Done)
			}
			if err := OpenOn(b, "/s").Put(attempt(Done)); err != nil {
				t.Error(err)
			}
			expect(t, server, before, Done)
		}
	})
}

// An operation fails once, or is reported as failed although it was done: Put tries again.
func TestPutSurvivesAFailure(t *testing.T) {
	lost := errors.New("the answer was lost")
	everyPut(t, func(t *testing.T, before, status Status, at int) {
		for _, done := range []bool{false, true} {
			server, a, _ := hosts(t, before)
			n := 0
			a.Intercept = func(_ string, do func() error) error {
				if n++; n-1 != at {
					return do()
				}
				if done {
					do()
				}
				return lost
			}
			if err := OpenOn(a, "/s").Put(attempt(status)); err != nil {
				t.Errorf("done %v: %v", done, err)
			}
			want := status
			if before == Done {
				want = Done
			}
			expect(t, server, before, want)
		}
	})
}

// What fails for ever is an error.
func TestPutGivesUp(t *testing.T) {
	full := errors.New("no space left on device")
	_, a, _ := hosts(t, Failed)
	a.Intercept = func(_ string, do func() error) error { return full }
	if err := OpenOn(a, "/s").Put(attempt(Done)); !errors.Is(err, full) {
		t.Errorf("error %v, want %v", err, full)
	}
}

// A host that cannot see yet what another one has stored is told so, and later finds it.
func TestPutOfAnUnseenRecord(t *testing.T) {
	for _, before := range []Status{"", Failed, "damaged"} {
		synctest.Test(t, func(t *testing.T) {
			server, a, b := hosts(t, before)
			server.Delay = 30 * time.Second
			time.Sleep(time.Minute)
			put := func(h *storetest.Host) error { return OpenOn(h, "/s").Put(attempt(Done)) }
			if err := put(a); err != nil {
				t.Fatal(err)
			}
			if err := put(b); !errors.Is(err, ErrUnseen) {
				t.Errorf("after %q: error %v, want ErrUnseen", before, err)
			}
			time.Sleep(server.Delay)
			if err := put(b); err != nil {
				t.Error(err)
			}
			expect(t, server, before, Done)
		})
	}
}

// Two results of one run are an error if the same program made them, and none is lost.
func TestPutOfAnotherResult(t *testing.T) {
	other := attempt(Done)
	other.Curve[2].Values[metrics.TrainLoss] = 1
	diverged := attempt(Diverged)
	for _, second := range []Run{other, diverged} {
		s := Open(t.TempDir())
		if err := errors.Join(s.Put(attempt(Done)), s.Put(attempt(Done))); err != nil {
			t.Fatal(err)
		}
		for _, name := range []string{second.ID, second.ID + ".2"} {
			conflict, ok := errors.AsType[*ConflictError](s.Put(second))
			want := filepath.Join(s.runs, conflictingFolder, name)
			if !ok || conflict.Stored != s.path(second.ID) || conflict.Other != want {
				t.Fatalf("error %+v, want a conflict with %s", conflict, want)
			}
			if kept, err := readRecord(disk{}, conflict.Other, decodeRecord); err != nil || !sameRun(kept, second) {
				t.Errorf("the second one is kept as %+v, %v", kept, err)
			}
		}
		if got, err := s.Get(second.ID); err != nil || !sameRun(got, attempt(Done)) {
			t.Errorf("the first one became %+v, %v", got, err)
		}
	}
}

// A result of another program, a failure after a result, and what only describes the run are
// no conflicts: what was there stays.
func TestPutLetsTheFirstStay(t *testing.T) {
	for name, change := range map[string]func(*Run){
		"another kernel":  func(r *Run) { r.Provenance.Kernel = "avx2"; r.Curve[2].Values[metrics.TrainLoss] = 1 },
		"another program": func(r *Run) { r.Provenance.Program = "v1"; r.Curve[2].Values[metrics.TrainLoss] = 1 },
		"another Go":      func(r *Run) { r.Provenance.Go = "go2"; r.Curve[2].Values[metrics.TrainLoss] = 1 },
		"other bytes":     func(r *Run) { r.Varies = true; r.Curve[2].Values[metrics.TrainLoss] = 1 },
		"a failure":       func(r *Run) { r.Status = Failed },
		"another grid":    func(r *Run) { r.Experiment, r.Axes, r.Warnings = "other", nil, []string{"a"} },
		"another time":    func(r *Run) { r.Timing.Seconds = 9 },
	} {
		s := Open(t.TempDir())
		second := attempt(Done)
		change(&second)
		if err := errors.Join(s.Put(attempt(Done)), s.Put(second)); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		if got, err := s.Get(second.ID); err != nil || !sameRun(got, attempt(Done)) {
			t.Errorf("%s: the first one became %+v, %v", name, got, err)
		}
	}
}
