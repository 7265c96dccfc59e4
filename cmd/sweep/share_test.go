package main

import (
	"bufio"
	"bytes"
	"flag"
	"fmt"
	"io"
	"io/fs"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"ranksweep/results"
)

// The gate kills a few processes; more take longer.
var (
	manyKills = flag.Int("kills", 16, "`NUMBER` of processes to kill that share a store")
	long      = flag.Bool("long", false, "also run tests that wait for minutes")
)

// episode fills a store by eight processes at once. Each is killed after a random time, within
// a limit, and replaced, until all runs are there or there are enough kills. It returns the
// number of kills.
func episode(t *testing.T, dir, out string, limit time.Duration, runs, enough int, args ...string) (kills int) {
	t.Helper()
	ended := make(chan *exec.Cmd)
	start := func() {
		c := command(dir, out, append(args, "--workers", "1")...)
		check(t, c.Start())
		time.AfterFunc(rand.N(limit), func() { c.Process.Kill() })
		go func() { c.Wait(); ended <- c }()
	}
	for range 8 {
		start()
	}
	finished := make(map[string]bool)
	for running := 8; running > 0; running-- {
		c := <-ended
		if status := c.ProcessState.Sys().(syscall.WaitStatus); status.Signaled() {
			kills++
		} else if c.ProcessState.ExitCode() != 0 {
			t.Errorf("%v\n%s", c.ProcessState, c.Stderr)
		}
		checkKept(t, filepath.Join(dir, out), finished)
		if len(finished) < runs && kills < enough {
			start()
			running++
		}
	}
	return kills
}

// checkKept holds a store to the runs that were finished before, and adds those that are
// finished by now. No record may be damaged.
func checkKept(t *testing.T, store string, finished map[string]bool) {
	t.Helper()
	runs, problems := results.Open(store).Runs()
	for _, p := range problems {
		t.Errorf("after a kill: %v", p)
	}
	there := make(map[string]bool)
	for _, r := range runs {
		there[r.ID] = true
	}
	for id := range finished {
		if !there[id] {
			t.Errorf("run %s was finished and is lost", id)
		}
	}
	for id := range there {
		finished[id] = true
	}
}

// seeds sets the number of seeds of an experiment.
func seeds(n int) string {
	var list []string
	for i := range n {
		list = append(list, fmt.Sprint(i))
	}
	return "seed=[" + strings.Join(list, ",") + "]"
}

// TestManyKills: of eight processes on one store, each is killed at a random moment and
// replaced. No finished run is lost, no record damaged, and the next sweep ends with the
// bytes of an undisturbed store, and nothing else in its folder.
func TestManyKills(t *testing.T) {
	t.Parallel()
	dir := workplace(t)
	runs, args := killedRuns, []string{}
	if *manyKills > 100 {
		runs, args = 10*killedRuns, []string{"--set", seeds(30)}
	}
	began := time.Now()
	want := complete(t, dir, "undisturbed", args...)
	limit := time.Since(began) / 4
	kills, episodes := 0, 0
	for ; kills < *manyKills; episodes++ {
		out := fmt.Sprint("episode", episodes)
		kills += episode(t, dir, out, limit, runs, *manyKills-kills, args...)
		compare(t, complete(t, dir, out, args...), want)
		check(t, os.RemoveAll(filepath.Join(dir, out)))
		t.Logf("%d kills, and %d stores of %d runs were completed", kills, episodes+1, runs)
	}
}

// said waits until a process says something on standard error, and returns the rest of what
// it says, to be read.
func said(t *testing.T, c *exec.Cmd, what string) io.Reader {
	t.Helper()
	c.Stderr = nil
	pipe, err := c.StderrPipe()
	check(t, err)
	check(t, c.Start())
	r := bufio.NewReader(pipe)
	var all strings.Builder
	for {
		line, err := r.ReadString('\n')
		all.WriteString(line)
		if strings.Contains(line, what) {
			return r
		}
		if err != nil {
			t.Fatalf("it ended without saying %q:\n%s", what, &all)
		}
	}
}

// begin starts a sweep and waits until it trains some runs at once.
func begin(t *testing.T, c *exec.Cmd, out string, runs int) {
	t.Helper()
	check(t, c.Start())
	t.Cleanup(func() { c.Process.Kill(); c.Wait() })
	for leases := 0; leases < runs; time.Sleep(time.Millisecond) {
		found, err := filepath.Glob(filepath.Join(c.Dir, out, "runs", ".*.lease"))
		check(t, err)
		leases = len(found)
	}
}

// TestTermWhileWaiting: a sweep that waits for a stopped process ends when it is told to.
func TestTermWhileWaiting(t *testing.T) {
	t.Parallel()
	dir := workplace(t)
	set := []string{"--set", "steps=3000", "--set", "rank=[2,4]", "--set", "seed=0"}
	for _, signal := range []os.Signal{os.Interrupt, syscall.SIGTERM} {
		out := fmt.Sprint(signal)
		first := command(dir, out, append(set, "--workers", "4")...)
		begin(t, first, out, 4)
		check(t, first.Process.Signal(syscall.SIGSTOP)) // as Ctrl-Z does
		c := command(dir, out, set...)
		rest := said(t, c, "waiting for runs that other processes train: ")
		check(t, c.Process.Signal(signal))
		text, err := io.ReadAll(rest)
		check(t, err)
		if c.Wait(); c.ProcessState.ExitCode() != 130 {
			t.Errorf("%v: %v\n%s", signal, c.ProcessState, text)
		}
	}
}

// TestStoppedProcess: a process that is stopped for longer than a minute loses its runs to
// another one, and when it goes on it ends well and changes nothing.
func TestStoppedProcess(t *testing.T) {
	if !*long {
		t.Skip("waits for more than a minute: -long runs it")
	}
	t.Parallel()
	dir := workplace(t)
	c := command(dir, "out", "--workers", "2", "--set", "steps=3000")
	begin(t, c, "out", 2)
	check(t, c.Process.Signal(syscall.SIGSTOP))
	want := complete(t, dir, "out", "--set", "steps=3000")
	check(t, c.Process.Signal(syscall.SIGCONT))
	check(t, c.Wait())
	compare(t, files(t, filepath.Join(dir, "out")), want)
	compare(t, want, complete(t, dir, "undisturbed", "--set", "steps=3000"))
}

// TestGroupSharesAStore: all that a sweep writes has the permissions that the umask leaves,
// what a killed one leaves behind too.
func TestGroupSharesAStore(t *testing.T) {
	t.Parallel()
	dir := workplace(t)
	c := exec.Command("sh", "-c", "umask 002 && exec sweep run killed.yaml --out out --set steps=3000 --workers 2")
	c.Dir = dir
	begin(t, c, "out", 2)
	for countRecords(filepath.Join(dir, "out")) < 1 {
		time.Sleep(time.Millisecond)
	}
	check(t, c.Process.Kill())
	c.Wait()
	check(t, filepath.WalkDir(filepath.Join(dir, "out"), func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		info, err := d.Info()
		want := fs.FileMode(0o664)
		if d.IsDir() {
			want = 0o775
		}
		if err == nil && info.Mode().Perm() != want {
			t.Errorf("%s has mode %o, want %o", path, info.Mode().Perm(), want)
		}
		return err
	}))
}

// TestKilledExports: whatever writes files and is killed leaves nothing that the next run of
// the same command does not remove.
func TestKilledExports(t *testing.T) {
	t.Parallel()
	dir := workplace(t)
	complete(t, dir, "store")
	for name, line := range map[string]string{
		"csv": "export store --out csv", "adapters": "export store --adapters adapters", "store": "plot store",
	} {
		run := func() *exec.Cmd {
			c := exec.Command("sweep", strings.Fields(line)...)
			c.Dir, c.Stderr = dir, new(bytes.Buffer)
			return c
		}
		check(t, run().Run())
		want := files(t, filepath.Join(dir, name))
		for range 4 {
			if name != "store" {
				check(t, os.RemoveAll(filepath.Join(dir, name)))
			}
			c := run()
			check(t, c.Start())
			time.Sleep(time.Duration(rand.Int64N(int64(time.Second))))
			c.Process.Kill()
			c.Wait()
		}
		check(t, run().Run())
		compare(t, files(t, filepath.Join(dir, name)), want)
	}
}
