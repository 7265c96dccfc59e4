package results

import (
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"ranksweep/wholefile"
)

// endedProcess returns a process of this host that has ended.
func endedProcess(t *testing.T) wholefile.Writer {
	t.Helper()
	c := exec.Command(os.Args[0], "-test.run=^$")
	if err := c.Run(); err != nil {
		t.Fatal(err)
	}
	return wholefile.Writer{Host: wholefile.Self().Host, Process: c.Process.Pid}
}

// leave makes a file below a folder of runs.
func leave(t *testing.T, dir, name, text string) {
	t.Helper()
	path := filepath.Join(dir, "runs", name)
	if err := os.MkdirAll(filepath.Dir(path), 0o777); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o666); err != nil {
		t.Fatal(err)
	}
}

// leaveAll makes what a writer leaves in a store when it is killed.
func leaveAll(t *testing.T, dir string, w wholefile.Writer) {
	leave(t, dir, ".lora-4-0.lease", string(leaseText{Writer: w, Claim: "x"}.encode()))
	leave(t, dir, ".lora-4-1."+w.String()+".r.partial/run.json", "half")
}

// TestTidy removes what ended processes and older programs left, and keeps what living ones
// are about.
func TestTidy(t *testing.T) {
	dir := t.TempDir()
	s := Open(dir)
	if err := s.Tidy(); err != nil {
		t.Errorf("of a store that does not exist: %v", err)
	}
	if err := s.Put(testRun("lora", 1, 4, 0)); err != nil {
		t.Fatal(err)
	}
	leave(t, dir, wholefile.PartialName("living")+"/run.json", "half")
	lease, err := s.Claim(t.Context(), "living")
	if lease == nil || err != nil {
		t.Fatal(lease, err)
	}
	defer lease.Release()
	want := files(t, dir)
	leaveAll(t, dir, endedProcess(t))
	for _, name := range []string{".partial/new/run.json", ".lock", ".lora-4-0.lock"} {
		leave(t, dir, name, "")
	}
	if runs, problems := s.Runs(); len(runs) != 1 || problems != nil {
		t.Errorf("with leftovers: %d runs, %v", len(runs), problems)
	}
	if err := s.Tidy(); err != nil {
		t.Fatal(err)
	}
	if got := files(t, dir); !reflect.DeepEqual(got, want) {
		t.Errorf("the store holds %q, want %q", slices.Sorted(maps.Keys(got)), slices.Sorted(maps.Keys(want)))
	}
}

// What another host left is removed once it stayed the same for some minutes.
func TestTidyAfterAnotherHost(t *testing.T) {
	dir := t.TempDir()
	leaveAll(t, dir, wholefile.Writer{Host: "elsewhere-1234abcd", Process: 1})
	synctest.Test(t, func(t *testing.T) {
		s := Open(dir)
		for _, test := range []struct {
			after time.Duration
			left  int
		}{{0, 2}, {leaseTerm - time.Second, 2}, {time.Second, 1}, {time.Hour, 0}} {
			time.Sleep(test.after)
			if err := s.Tidy(); err != nil {
				t.Fatal(err)
			}
			if left := files(t, dir); len(left) != test.left {
				t.Errorf("after %v: %d files are left, want %d", test.after, len(left), test.left)
			}
		}
	})
}

func TestTidyOfAFile(t *testing.T) {
	dir := t.TempDir()
	leave(t, dir, "../runs", "")
	if err := Open(dir).Tidy(); err == nil {
		t.Error("tidied a file")
	}
}
