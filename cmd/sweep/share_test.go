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
)

var long = flag.Bool("long", false, "also run tests that wait for minutes")

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
	for signal, status := range map[os.Signal]int{os.Interrupt: 130, syscall.SIGTERM: 75} {
		out := fmt.Sprint(signal)
		first := command(dir, out, append(set, "--workers", "4")...)
		begin(t, first, out, 4)
		check(t, first.Process.Signal(syscall.SIGSTOP)) // as Ctrl-Z does
		c := command(dir, out, set...)
		rest := said(t, c, "waiting for runs that other processes train: ")
		check(t, c.Process.Signal(signal))
		text, err := io.ReadAll(rest)
		check(t, err)
		if c.Wait(); c.ProcessState.ExitCode() != status {
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
	c := command(dir, "out", "--workers", "2", "--set", "steps=300")
	begin(t, c, "out", 2)
	check(t, c.Process.Signal(syscall.SIGSTOP))
	want := complete(t, dir, "out", "--set", "steps=300")
	check(t, c.Process.Signal(syscall.SIGCONT))
	check(t, c.Wait())
	compare(t, files(t, filepath.Join(dir, "out")), want)
	compare(t, want, complete(t, dir, "undisturbed", "--set", "steps=300"))
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
