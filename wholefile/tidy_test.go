package wholefile

import (
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

// ended returns a process of this host that has ended.
func ended(t *testing.T) Writer {
	t.Helper()
	c := exec.Command(os.Args[0], "-test.run=^$")
	if err := c.Run(); err != nil {
		t.Fatal(err)
	}
	return Writer{thisHost(), c.Process.Pid}
}

// begun makes the file that a writer of a.csv leaves when it is killed.
func begun(t *testing.T, dir string, w Writer) (path string) {
	t.Helper()
	path = filepath.Join(dir, strings.Replace(PartialName("a.csv"), Self().String(), w.String(), 1))
	write(t, path, "half")
	return path
}

func write(t *testing.T, path, text string) {
	t.Helper()
	if err := os.WriteFile(path, []byte(text), 0o666); err != nil {
		t.Fatal(err)
	}
}

// remain holds a folder to the files that must be left in it.
func remain(t *testing.T, dir string, want ...string) {
	t.Helper()
	left, err := os.ReadDir(dir)
	if err != nil || len(left) != len(want) {
		t.Errorf("%d entries in the folder, want %d: %v, %v", len(left), len(want), left, err)
	}
	for _, path := range want {
		if _, err := os.Stat(path); err != nil {
			t.Error(err)
		}
	}
}

// The next Write removes what a killed process left, and nothing else.
func TestWriteRemovesWhatEndedWritersLeft(t *testing.T) {
	dir := t.TempDir()
	begun(t, dir, ended(t))
	keep := []string{begun(t, dir, Self()), begun(t, dir, Writer{"elsewhere-1234abcd", ended(t).Process})}
	for _, name := range []string{".a.partial", "a.h.1.r.partial", ".a.h.x.r.partial", ".a.csv.h.1.r", ".partial"} {
		keep = append(keep, filepath.Join(dir, name))
		write(t, filepath.Join(dir, name), "a user's")
	}
	path := filepath.Join(dir, "b.csv")
	if err := WriteBytes(path, []byte("new")); err != nil {
		t.Fatal(err)
	}
	remain(t, dir, append(keep, path)...)
}

// Replace leaves them, since it does not list the folder.
func TestReplaceRemovesNothing(t *testing.T) {
	dir := t.TempDir()
	left, path := begun(t, dir, ended(t)), filepath.Join(dir, "b.csv")
	err := Replace(path, func(w io.Writer) error { _, err := io.WriteString(w, "new"); return err })
	if err != nil {
		t.Fatal(err)
	}
	remain(t, dir, left, path)
}

// What a writer on another host left is removed once it stayed the same for ten minutes.
func TestTidyWatchesOtherHosts(t *testing.T) {
	dir := t.TempDir()
	path := begun(t, dir, Writer{"elsewhere-1234abcd", 1})
	// The times of files are another host's: a day behind, and a day ahead.
	for _, day := range []time.Duration{-24 * time.Hour, 24 * time.Hour} {
		if err := os.Chtimes(path, time.Time{}, time.Now().Add(day)); err != nil {
			t.Fatal(err)
		}
		synctest.Test(t, func(t *testing.T) {
			Tidy(dir)
			time.Sleep(abandonedAfter - time.Second)
			Tidy(dir)
			remain(t, dir, path)
		})
	}
	synctest.Test(t, func(t *testing.T) {
		write(t, path, "half and more") // the writer goes on
		Tidy(dir)
		time.Sleep(abandonedAfter - time.Second)
		Tidy(dir)
		remain(t, dir, path)
		time.Sleep(time.Second)
		Tidy(dir)
		remain(t, dir)
	})
}

func TestEnded(t *testing.T) {
	dead := ended(t)
	for w, want := range map[Writer]bool{
		Self(): false, {thisHost(), os.Getppid()}: false, dead: true, {"elsewhere-1234abcd", dead.Process}: false,
	} {
		if w.Ended() != want {
			t.Errorf("%v: ended is %v", w, !want)
		}
	}
}

// A process that has ended, though nobody has asked how, has ended.
func TestZombieHasEnded(t *testing.T) {
	if runtime.GOOS != "linux" {
		t.Skip("only Linux tells")
	}
	c := exec.Command("cat")
	in, err := c.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	w := Writer{thisHost(), c.Process.Pid}
	if w.Ended() {
		t.Error("has ended before its input has")
	}
	in.Close()
	for end := time.Now().Add(time.Minute); !w.Ended(); time.Sleep(time.Millisecond) {
		if time.Now().After(end) {
			t.Fatal("never ends")
		}
	}
	if err := c.Wait(); err != nil {
		t.Fatal(err)
	}
}

func TestPartialNamesAreTheWritersOwn(t *testing.T) {
	for _, name := range []string{"a.csv", "a", "a.b.c.d", strings.Repeat("ä", 120)} {
		a, b := PartialName(name), PartialName(name)
		w, ok := writerOf(a)
		if a == b || !ok || w != Self() || len(a) > 200 || !strings.HasPrefix(a, "."+name[:1]) {
			t.Errorf("%s: %q and %q, of %v", name, a, b, w)
		}
	}
	if got := plain("node 7.cluster/ä"); got != "node-7-cluster--" {
		t.Errorf("a host is written as %q", got)
	}
}
