package results

import (
	"encoding/json"
	"io/fs"
	"math"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"ranksweep/results/storetest"
	"ranksweep/wholefile"
)

// holders returns who holds what, and fails the test if that cannot be read.
func holders(t *testing.T, s *Store) []Holder {
	t.Helper()
	all, err := s.Holders()
	if err != nil {
		t.Fatal(err)
	}
	return all
}

// Another host sees who trains a run, and after the next beat how far it is.
func TestHolders(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		_, a, b := hosts(t, "")
		s, other := OpenOn(a, "/s"), OpenOn(b, "/s")
		if all := holders(t, other); all != nil {
			t.Errorf("a store that is not there has the holders %v", all)
		}
		s.Task = "12_3"
		held := claim(t, s, true)
		expect := func(p Progress, seconds float64, silent time.Duration) {
			t.Helper()
			want := []Holder{{
				Run: "x", Writer: wholefile.Self(), Task: "12_3", Seconds: seconds, Progress: p, Silent: silent,
			}}
			if got := holders(t, other); !reflect.DeepEqual(got, want) {
				t.Errorf("got %+v, want %+v", got, want)
			}
		}
		expect(Progress{}, 0, 0)
		loss := 2.5
		held.Tell(5, 30, 7)
		held.Tell(6, 30, loss)
		time.Sleep(leaseBeat - time.Second)
		expect(Progress{}, 0, leaseBeat-time.Second) // it is written seldom
		time.Sleep(4 * time.Second)
		expect(Progress{Step: 6, Steps: 30, Loss: &loss}, leaseBeat.Seconds(), 0) // it changed since the last look
		time.Sleep(2 * time.Second)
		expect(Progress{Step: 6, Steps: 30, Loss: &loss}, leaseBeat.Seconds(), 2*time.Second)
		for step, none := range []float64{math.NaN(), math.Inf(1), math.Inf(-1)} {
			held.Tell(20+step, 30, none)
			time.Sleep(leaseBeat)
			if got := holders(t, other)[0].Progress; got.Step != 20+step || got.Loss != nil {
				t.Errorf("a loss of %v gives %+v", none, got)
			}
		}
		held.Release()
		if all := holders(t, other); all != nil {
			t.Errorf("after the end: %v", all)
		}
	})
}

// A holder that stops, or whose host is gone, is lost when others may take its run over: who watches tells
// that by a clock of their own, and who looks once by the time of the file.
func TestLostHolders(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		_, a, b := hosts(t, "")
		held := claim(t, OpenOn(a, "/s"), true)
		goOn := stopped(a)
		watching := OpenOn(b, "/s")
		for second := time.Duration(0); second < 2*leaseTerm; second += time.Second {
			if got := holders(t, watching)[0].Lost(); got != (second >= leaseTerm) {
				t.Fatalf("after %v: lost is %v", second, got)
			}
			time.Sleep(time.Second)
		}
		if h := holders(t, OpenOn(b, "/s"))[0]; h.Silent != 2*leaseTerm || !h.Lost() {
			t.Errorf("who looks once sees %+v", h)
		}
		goOn()
		synctest.Wait()
		if holders(t, watching)[0].Lost() {
			t.Error("it goes on, and is lost")
		}
		held.Release()
	})
}

// otherClock is a host of a file system whose clock differs from the host's.
type otherClock struct {
	FileSystem
	ahead time.Duration
}

func (c otherClock) ReadDir(dir string) ([]fs.DirEntry, error) {
	entries, err := c.FileSystem.ReadDir(dir)
	for i, e := range entries {
		entries[i] = otherEntry{e, c.ahead}
	}
	return entries, err
}

type otherEntry struct {
	fs.DirEntry
	ahead time.Duration
}

func (e otherEntry) Info() (fs.FileInfo, error) {
	info, err := e.DirEntry.Info()
	return otherInfo{info, e.ahead}, err
}

type otherInfo struct {
	fs.FileInfo
	ahead time.Duration
}

func (i otherInfo) ModTime() time.Time { return i.FileInfo.ModTime().Add(i.ahead) }

// Who looks once at a disk whose clock is a day ahead, or a day behind, sees for how long a holder is silent.
func TestHoldersByAnotherClock(t *testing.T) {
	for _, ahead := range []time.Duration{-24 * time.Hour, 24 * time.Hour} {
		synctest.Test(t, func(t *testing.T) {
			server, a, b := hosts(t, "")
			held := claim(t, OpenOn(a, "/s"), true)
			goOn := stopped(a)
			stopped := time.Now()
			for _, wait := range []time.Duration{0, 20 * time.Second, 70 * time.Second} {
				time.Sleep(wait)
				silent, files := time.Since(stopped), len(server.Files())
				h := holders(t, OpenOn(otherClock{b, ahead}, "/s"))[0]
				if h.Silent != silent || h.Lost() != (silent >= leaseTerm) {
					t.Errorf("after %v, %v ahead: %+v", silent, ahead, h)
				}
				if left := server.Files(); len(left) != files {
					t.Errorf("left %v", left)
				}
			}
			goOn()
			synctest.Wait()
			held.Release()
		})
	}
}

// A living holder is never lost for who sees changes half a minute late.
func TestHoldersSeenLate(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		server := &storetest.Server{Delay: 30 * time.Second}
		held := claim(t, OpenOn(&storetest.Host{Server: server}, "/s"), true)
		defer held.Release()
		watching := OpenOn(&storetest.Host{Server: server}, "/s")
		seen := 0
		for step := range 600 {
			held.Tell(step, 600, 1)
			time.Sleep(time.Second)
			for _, h := range holders(t, watching) {
				seen++
				if h.Lost() || h.Step > step || step-h.Step > 41 {
					t.Fatalf("in second %d: %+v", step, h)
				}
			}
		}
		if seen < 560 {
			t.Errorf("seen %d times", seen)
		}
	})
}

// Leases that cannot be read, of processes that have ended, and of older programs.
func TestHoldersOfOtherLeases(t *testing.T) {
	dir := t.TempDir()
	leave(t, dir, ".empty.lease", "")
	leave(t, dir, ".cut.lease", `{"host":"elsewhere","cl`)
	leave(t, dir, ".ended.lease", string(leaseText{Writer: endedProcess(t), Claim: "c"}.encode()))
	leave(t, dir, ".older.lease", `{"host":"elsewhere","process":7,"claim":"c","beat":3}`)
	leave(t, dir, ".newer.lease", `{"host":"elsewhere","process":8,"claim":"c","beat":3,"step":4,"colour":"red"}`)
	leave(t, dir, ".other.checkpoint", "x")
	all := holders(t, Open(dir))
	if len(all) != 2 || all[0].Run != "newer" || all[0].Step != 4 || all[1].Run != "older" || all[1].Process != 7 ||
		all[1].Progress != (Progress{}) {
		t.Errorf("%+v", all)
	}
}

// A program that knows nothing of steps reads a lease all the same.
func TestLeaseIsOneObject(t *testing.T) {
	loss := 1.5
	text := leaseText{Claim: "c", Task: "1_2", Progress: Progress{Step: 1, Steps: 2, Loss: &loss}}.encode()
	var flat map[string]any
	err := json.Unmarshal(text, &flat)
	if err != nil || flat["step"] != 1.0 || flat["loss"] != 1.5 || flat["claim"] != "c" {
		t.Errorf("%s: %v", text, err)
	}
	if text := string(leaseText{Claim: "c"}.encode()); strings.Contains(text, "step") {
		t.Errorf("a lease that nobody told of a step has %s", text)
	}
}

// Telling costs no memory, and goes without a lease.
func TestTell(t *testing.T) {
	var none *Lease
	none.Tell(1, 2, 3)
	l := &Lease{}
	if n := testing.AllocsPerRun(100, func() { l.Tell(1, 2, 3) }); n > 0 {
		t.Errorf("telling allocates %v times", n)
	}
}

func TestCosts(t *testing.T) {
	dir := t.TempDir()
	want := []float64{1.5, 4e17, 1.0 / 3}
	if err := WriteCosts(want, dir); err != nil {
		t.Fatal(err)
	}
	if got := ReadCosts(dir, 3); !reflect.DeepEqual(got, want) {
		t.Errorf("got %v", got)
	}
	equal := []float64{1, 1}
	for _, text := range []string{
		"", "flops\n1\n", "flops\n1\n2\n3\n", "flops\n1\nx\n", "flops\n1\n0\n", "flops\n-1\n2\n", "flops\n1\nNaN\n",
		"flops\n1\n+Inf\n", "tokens\n1\n2\n",
	} {
		if err := wholefile.WriteBytes(filepath.Join(dir, costFile), []byte(text)); err != nil {
			t.Fatal(err)
		}
		if got := ReadCosts(dir, 2); !reflect.DeepEqual(got, equal) {
			t.Errorf("%q gives %v", text, got)
		}
	}
	if got := ReadCosts(t.TempDir(), 2); !reflect.DeepEqual(got, equal) {
		t.Errorf("no file gives %v", got)
	}
}
