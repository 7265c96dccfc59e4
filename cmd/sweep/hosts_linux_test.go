package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"golang.org/x/sys/unix"

	"ranksweep/lora/peft/pefttest"
	"ranksweep/results"
)

// mountTwice shows one folder at two places, as two hosts mount one disk: each has its own
// memory of what is there, and locks of the one mean nothing to the other.
func mountTwice(t *testing.T, folder, a, b string) {
	t.Helper()
	check(t, os.Mkdir(folder, 0o777))
	for _, place := range []string{a, b} {
		check(t, os.Mkdir(place, 0o777))
		if out, err := exec.Command("bindfs", folder, place).CombinedOutput(); err != nil {
			t.Skipf("needs bindfs, and mounting takes root: %v %s", err, out)
		}
		t.Cleanup(func() { unix.Unmount(place, unix.MNT_DETACH) })
	}
}

// onHost returns a sweep as a process of a machine with another name.
func onHost(dir, host, out string, args ...string) *exec.Cmd {
	c := exec.Command("unshare", append([]string{"--uts", "sh", "-c",
		"hostname " + host + ` && exec sweep run killed.yaml --workers 2 --out "$0" "$@"`, out}, args...)...)
	c.Dir, c.Stderr = dir, new(bytes.Buffer)
	return c
}

// TestTwoMounts: two hosts that share a disk without locks fill a store at once. Both end
// well, and the store has the bytes of an undisturbed one.
func TestTwoMounts(t *testing.T) {
	t.Parallel()
	dir := workplace(t)
	path := func(name string) string { return filepath.Join(dir, name) }
	mountTwice(t, path("disk"), path("a"), path("b"))
	want := complete(t, dir, "undisturbed")
	trials := 1
	if *long {
		trials = 13
	}
	for trial := range trials {
		store := fmt.Sprint("store", trial)
		a, b := onHost(dir, "a", filepath.Join("a", store)), onHost(dir, "b", filepath.Join("b", store))
		check(t, a.Start())
		check(t, b.Start())
		for _, c := range []*exec.Cmd{a, b} {
			if err := c.Wait(); err != nil {
				t.Errorf("%v\n%s", err, c.Stderr)
			}
		}
		compare(t, files(t, filepath.Join(dir, "disk", store)), want)
		t.Logf("trial %d: %d runs were trained for %d", trial,
			strings.Count(fmt.Sprint(a.Stderr, b.Stderr), ": done  "),
			killedRuns)
	}
}

// TestRunGoesOnOnAnotherHost: a run that is interrupted on one host goes on from its checkpoint on
// another one that shares the store, under each trainer, and ends as a run that was left alone. If
// it was killed without warning, the other host first waits for a minute.
func TestRunGoesOnOnAnotherHost(t *testing.T) {
	t.Parallel()
	dir := longWorkplace(t)
	path := func(names ...string) string { return filepath.Join(append([]string{dir}, names...)...) }
	mountTwice(t, path("disk"), path("a"), path("b"))
	signals := []syscall.Signal{syscall.SIGTERM}
	if *long {
		signals = append(signals, syscall.SIGKILL)
	}
	for _, trainer := range []string{"local", "peft"} {
		t.Run(trainer, func(t *testing.T) {
			args := []string{"--set", "trainer=" + trainer}
			if trainer == "peft" {
				args = append(args, "--set", "steps=300", "--python", pefttest.Python(t))
			}
			want := complete(t, dir, trainer, args...)
			for _, by := range signals {
				store := trainer + by.String()
				s := begun(t, onHost(dir, "a", filepath.Join("a", store), append(args, "--checkpoint-every", "1ms")...))
				s.until(t, func() bool { return len(checkpointsIn(t, path("disk", store))) > 0 })
				s.end(t, by)
				_, state, _ := statusOf(t, dir, filepath.Join("b", store))
				if len(state.Checkpoints) != 1 || !strings.HasPrefix(state.Checkpoints[0].Host, "a-") {
					t.Errorf("%v: status on the other host: %+v", by, state)
				}
				s = begun(t, onHost(dir, "b", filepath.Join("b", store), args...))
				if <-s.ended; s.from(t) == 0 {
					t.Errorf("%v: starts anew\n%s", by, s.said(t))
				}
				if trainer == "local" {
					compare(t, files(t, path("disk", store)), want)
				} else if d := apart(t, path("disk", store), path(trainer)); d != "" {
					t.Errorf("%v: %s", by, d)
				}
			}
		})
	}
}

// apart says in what the only runs of two stores differ by more than PyTorch does now and then;
// empty if in nothing.
func apart(t *testing.T, a, b string) string {
	t.Helper()
	var only []results.Run
	for _, dir := range []string{a, b} {
		runs, problems := results.Open(dir).Runs()
		if len(runs) != 1 || len(problems) > 0 {
			t.Fatalf("%s has %d runs, and %v", dir, len(runs), problems)
		}
		only = append(only, runs[0])
	}
	return results.Near(only[0], only[1], results.Tolerance{Losses: 1e-6, Sizes: 1e-6}).Difference
}

// TestWatchFromAnotherHost: whoever watches through another mount of the disk sees which host trains what, and
// ends with the sweep.
func TestWatchFromAnotherHost(t *testing.T) {
	t.Parallel()
	dir := workplace(t)
	path := func(name string) string { return filepath.Join(dir, name) }
	mountTwice(t, path("disk"), path("a"), path("b"))
	watch := exec.Command("sweep", "status", path("b/store"), "--watch", "--json", "--interval", "100ms")
	var out, said bytes.Buffer
	watch.Stdout, watch.Stderr = &out, &said
	check(t, watch.Start())
	filling := onHost(dir, "nodea", filepath.Join("a", "store"), "--set", "steps=400") // long enough to be seen
	if err := filling.Run(); err != nil {
		t.Errorf("%v\n%s", err, filling.Stderr)
	}
	if err := watch.Wait(); err != nil {
		t.Errorf("%v\n%s", err, &said)
	}
	var last status
	seen := false
	for line := range strings.Lines(out.String()) {
		last = status{}
		check(t, json.Unmarshal([]byte(line), &last))
		for _, r := range last.Running {
			seen = seen || strings.HasPrefix(r.Host, "nodea-") && r.Process > 0 && r.Place != ""
		}
	}
	if !seen || last.Done != killedRuns || last.Missing != 0 || len(last.Running) > 0 {
		t.Errorf("seen %v, at last %+v\n%s", seen, last, &out)
	}
}
