//go:build unix

package main

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"
)

// longRun is an experiment of one run of some seconds.
const longRun = `name: killed
model: model
data: {source: sums.jsonl, validation: 6}
train: {lr: 1e-3, batch: 4, context: 32, steps: 3000}
measure: {every: 100, eval_every: 500, probe_every: 500, modules_every: 1000}
grid: {rank: [4]}
`

// longWorkplace is a workplace with that experiment.
func longWorkplace(t *testing.T) string {
	t.Helper()
	dir := workplace(t)
	check(t, os.WriteFile(filepath.Join(dir, "killed.yaml"), []byte(longRun), 0o666))
	return dir
}

// session is a sweep that is going on, as a process of its own.
type session struct {
	*exec.Cmd
	log   string
	ended chan struct{}
}

func launch(t *testing.T, dir string, args ...string) *session {
	t.Helper()
	return begun(t, command(dir, "out", args...))
}

// begun starts a sweep.
func begun(t *testing.T, c *exec.Cmd) *session {
	t.Helper()
	s := &session{c, filepath.Join(t.TempDir(), "log"), make(chan struct{})}
	log, err := os.Create(s.log)
	check(t, err)
	defer log.Close()
	s.Stderr = log
	check(t, s.Start())
	go func() { s.Wait(); close(s.ended) }()
	return s
}

// said returns what the sweep said so far.
func (s *session) said(t *testing.T) string {
	t.Helper()
	text, err := os.ReadFile(s.log)
	check(t, err)
	return string(text)
}

// until waits until something is the case, while the sweep goes on.
func (s *session) until(t *testing.T, is func() bool) {
	t.Helper()
	for !is() {
		select {
		case <-s.ended:
			t.Fatalf("the sweep ended too early: %v\n%s", s.ProcessState, s.said(t))
		case <-time.After(time.Millisecond):
		}
	}
}

// end sends a signal, and waits for the end of the sweep.
func (s *session) end(t *testing.T, signal os.Signal) {
	t.Helper()
	check(t, s.Process.Signal(signal))
	<-s.ended
}

var goesOn = regexp.MustCompile(`goes on from its checkpoint at step (\d+)\n`)

// from returns the step from which the run went on, or 0.
func (s *session) from(t *testing.T) int {
	t.Helper()
	said := goesOn.FindStringSubmatch(s.said(t))
	if said == nil {
		return 0
	}
	step, err := strconv.Atoi(said[1])
	check(t, err)
	return step
}

// checkpointsIn returns the checkpoints of a store.
func checkpointsIn(t *testing.T, store string) []string {
	t.Helper()
	found, err := filepath.Glob(filepath.Join(store, "runs/.*.checkpoint"))
	check(t, err)
	return found
}

// saved returns when the only checkpoint was written; zero without one.
func saved(t *testing.T, dir string) (at time.Time) {
	t.Helper()
	for _, file := range checkpointsIn(t, filepath.Join(dir, "out")) {
		info, err := os.Stat(file)
		check(t, err)
		at = info.ModTime()
	}
	return at
}

// TestLongRunGoesOn: a run of a shard that writes checkpoints at SIGUSR1 and is then ended, by
// SIGKILL, by SIGTERM with status 75, and by Ctrl-C with 130, goes on each time from a later step,
// and ends with the bytes of a run that was never disturbed.
func TestLongRunGoesOn(t *testing.T) {
	t.Parallel()
	dir := longWorkplace(t)
	want := complete(t, dir, "undisturbed")
	last := 0
	for _, by := range []struct {
		signal syscall.Signal
		status int
		says   string
	}{{syscall.SIGKILL, -1, ""}, {syscall.SIGTERM, 75, "start me again"}, {syscall.SIGINT, 130, "interrupted"}} {
		before, s := saved(t, dir), launch(t, dir, "--shard", "1/1")
		s.until(t, func() bool { // it trains, so that it hears signals
			lease, _ := filepath.Glob(filepath.Join(dir, "out/runs/.*.lease"))
			return before.IsZero() && len(lease) > 0 || s.from(t) > 0
		})
		s.until(t, func() bool {
			check(t, s.Process.Signal(syscall.SIGUSR1))
			return !saved(t, dir).Equal(before)
		})
		s.end(t, by.signal)
		if code := s.ProcessState.ExitCode(); code != by.status {
			t.Errorf("%v: exit status %d, want %d\n%s", by.signal, code, by.status, s.said(t))
		}
		if !strings.Contains(s.said(t), by.says) {
			t.Errorf("%v: it does not say %q\n%s", by.signal, by.says, s.said(t))
		}
		last = s.from(t)
	}
	s := launch(t, dir)
	<-s.ended
	if !s.ProcessState.Success() || s.from(t) <= last {
		t.Errorf("%v, from step %d, before from %d\n%s", s.ProcessState, s.from(t), last, s.said(t))
	}
	compare(t, files(t, filepath.Join(dir, "out")), want)
}

// TestCheckpointsComeByTime: a run that is killed without warning goes on from a checkpoint that
// it wrote since it was time.
func TestCheckpointsComeByTime(t *testing.T) {
	t.Parallel()
	dir := longWorkplace(t)
	s := launch(t, dir, "--checkpoint-every", "1ms")
	s.until(t, func() bool { return !saved(t, dir).IsZero() })
	s.end(t, syscall.SIGKILL)
	s = launch(t, dir)
	if <-s.ended; s.from(t) == 0 {
		t.Errorf("starts anew\n%s", s.said(t))
	}
}

// TestCheckpointWithoutRoom: a run whose checkpoint cannot be written says so, and ends as one
// that writes none. Its checkpoint has 7 MB, and all else is smaller than the limit of 2 MB.
func TestCheckpointWithoutRoom(t *testing.T) {
	t.Parallel()
	dir := longWorkplace(t)
	args := []string{"--set", "steps=20", "--set", "rank=512"}
	want := complete(t, dir, "undisturbed", args...)
	c := command(dir, "out", append(args, "--checkpoint-every", "1ns")...)
	c.Args = append([]string{"sh", "-c", `ulimit -f 4096; exec "$0" "$@"`, c.Path}, c.Args[1:]...)
	var err error
	c.Path, err = exec.LookPath("sh")
	check(t, err)
	check(t, c.Run())
	said := c.Stderr.(*bytes.Buffer).String()
	if !regexp.MustCompile(`checkpoint at step \d+ is not written: .*file too large\n`).MatchString(said) {
		t.Errorf("nothing is said of checkpoints:\n%s", said)
	}
	compare(t, files(t, filepath.Join(dir, "out")), want)
}
