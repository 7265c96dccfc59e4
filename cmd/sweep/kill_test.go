package main

import (
	"bytes"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"ranksweep/results"
)

func check(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// killed is an experiment of 24 runs that take some ten milliseconds each.
const killed = `name: killed
model: model
data: {source: sums.jsonl, validation: 6}
train: {lr: 1e-3, batch: 4, context: 32, steps: 30}
grid: {rank: [2, 4, 8, 16], scaling: [lora, rslora], seed: [0, 1, 2]}
`

const killedRuns = 24

// workplace returns a folder with a model, data and the experiment.
func workplace(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	check(t, writeModel(filepath.Join(dir, "model"), 1))
	check(t, os.WriteFile(filepath.Join(dir, "killed.yaml"), []byte(killed), 0o666))
	var lines strings.Builder
	for i := range 40 {
		fmt.Fprintf(&lines, "{\"prompt\": \"%d+%d=\", \"completion\": \"%d, I say\"}\n", i, 2*i, 3*i)
	}
	check(t, os.WriteFile(filepath.Join(dir, "sums.jsonl"), []byte(lines.String()), 0o666))
	return dir
}

// command returns sweep run in a workplace, as a process of its own.
func command(dir, out string, args ...string) *exec.Cmd {
	c := exec.Command("sweep", append([]string{"run", "killed.yaml", "--out", out}, args...)...)
	c.Dir = dir
	c.Stderr = new(bytes.Buffer)
	return c
}

// complete runs a sweep to its end and returns the files of its store.
func complete(t *testing.T, dir, out string, args ...string) map[string]string {
	t.Helper()
	c := command(dir, out, args...)
	if err := c.Run(); err != nil {
		t.Fatalf("%v\n%s", err, c.Stderr)
	}
	return files(t, filepath.Join(dir, out))
}

// files returns the content of every file below dir by name, except the times of runs.
func files(t *testing.T, dir string) map[string]string {
	t.Helper()
	all := make(map[string]string)
	check(t, filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || d.Name() == "timing.json" {
			return err
		}
		content, err := os.ReadFile(path)
		all[strings.TrimPrefix(path, dir)] = string(content)
		return err
	}))
	return all
}

// compare fails the test if two stores differ.
func compare(t *testing.T, got, want map[string]string) {
	t.Helper()
	for _, d := range differences(got, want) {
		t.Error(d)
	}
}

func differences(got, want map[string]string) (list []string) {
	for _, name := range slices.Sorted(maps.Keys(want)) {
		if content, ok := got[name]; !ok {
			list = append(list, name+" is missing")
		} else if content != want[name] {
			list = append(list, name+" differs")
		}
	}
	for _, name := range slices.Sorted(maps.Keys(got)) {
		if _, ok := want[name]; !ok {
			list = append(list, name+" is there too")
		}
	}
	return list
}

// countRecords counts the records of a store that can be read.
func countRecords(dir string) int {
	runs, _ := results.Open(dir).Runs()
	return len(runs)
}

// interrupt starts a sweep and sends it a signal once it has stored two more runs.
func interrupt(t *testing.T, dir, out string, signal os.Signal) *exec.Cmd {
	t.Helper()
	return disturb(t, dir, out, func(p *os.Process) error { return p.Signal(signal) })
}

// disturb starts a sweep and does something to it once it has stored two more runs, but not
// all of them. It returns the process after its end.
func disturb(t *testing.T, dir, out string, do func(*os.Process) error) *exec.Cmd {
	t.Helper()
	store := filepath.Join(dir, out)
	before := countRecords(store)
	c := command(dir, out, "--workers", "2")
	check(t, c.Start())
	ended := make(chan struct{})
	go func() { c.Wait(); close(ended) }()
	for countRecords(store) < before+2 {
		select {
		case <-ended:
			t.Fatalf("the sweep ended by itself: %v\n%s", c.ProcessState, c.Stderr)
		case <-time.After(time.Millisecond):
		}
	}
	check(t, do(c.Process))
	<-ended
	if n := countRecords(store); n == killedRuns {
		t.Fatalf("all %d runs were stored before the disturbance: the test shows nothing", n)
	}
	return c
}

// TestKilledSweepGoesOn: a sweep that is killed twice and then completed has the same store,
// except for times, as a sweep that was never disturbed. So do sweeps with one worker and
// with four.
func TestKilledSweepGoesOn(t *testing.T) {
	t.Parallel()
	dir := workplace(t)
	want := complete(t, dir, "undisturbed", "--workers", "2")
	if n := countRecords(filepath.Join(dir, "undisturbed")); n != killedRuns {
		t.Fatalf("%d runs, want %d", n, killedRuns)
	}
	for range 2 {
		c := interrupt(t, dir, "killed", os.Kill)
		if s := c.ProcessState.Sys().(syscall.WaitStatus); s.Signal() != syscall.SIGKILL {
			t.Fatalf("ended by itself: %v\n%s", c.ProcessState, c.Stderr)
		}
	}
	compare(t, complete(t, dir, "killed"), want)
	compare(t, complete(t, dir, "one", "--workers", "1"), want)
	compare(t, complete(t, dir, "four", "--workers", "4"), want)
}

// TestInterruptedSweepKeepsRuns: SIGINT ends a sweep with status 130, and the next command
// finds every run that was reported as done.
func TestInterruptedSweepKeepsRuns(t *testing.T) {
	t.Parallel()
	dir := workplace(t)
	c := interrupt(t, dir, "out", os.Interrupt)
	said := c.Stderr.(*bytes.Buffer).String()
	if code := c.ProcessState.ExitCode(); code != 130 ||
		!strings.Contains(said, "sweep: interrupted; finished runs and checkpoints are kept: "+
			"the same command trains the rest") {
		t.Fatalf("exit status %d\n%s", code, said)
	}
	done := strings.Count(said, ": done  ")
	if n := countRecords(filepath.Join(dir, "out")); n != done {
		t.Errorf("%d runs are stored, %d were said to be done", n, done)
	}
	c = command(dir, "out")
	check(t, c.Run())
	if said := c.Stderr.(*bytes.Buffer).String(); !strings.Contains(said,
		fmt.Sprintf("\nstored already: %d of %d runs\n", done, killedRuns)) {
		t.Errorf("after %d runs were done:\n%s", done, said)
	}
}

// TestRemovedStoreIsNotComplete: a sweep whose store is removed while it runs does not end as
// if what is left were all. It leaves a store that names its experiment, and the next one completes it.
func TestRemovedStoreIsNotComplete(t *testing.T) {
	t.Parallel()
	dir := workplace(t)
	c := disturb(t, dir, "out", func(*os.Process) error {
		return os.Rename(filepath.Join(dir, "out"), filepath.Join(dir, "gone"))
	})
	if code := c.ProcessState.ExitCode(); code != 1 {
		t.Errorf("exit status %d\n%s", code, c.Stderr)
	}
	left := files(t, filepath.Join(dir, "out"))
	want := complete(t, dir, "undisturbed")
	if left["/experiment.yaml"] != want["/experiment.yaml"] {
		t.Errorf("experiment.yaml is %q", left["/experiment.yaml"])
	}
	compare(t, complete(t, dir, "out"), want)
}

// TestTwoProcessesShareAStore: each run is trained once, and both commands end with a
// complete store.
func TestTwoProcessesShareAStore(t *testing.T) {
	t.Parallel()
	dir := workplace(t)
	a, b := command(dir, "out", "--workers", "1"), command(dir, "out", "--workers", "1")
	check(t, a.Start())
	check(t, b.Start())
	check(t, a.Wait())
	check(t, b.Wait())
	said := fmt.Sprint(a.Stderr, b.Stderr)
	if n := strings.Count(said, ": done  "); n != killedRuns {
		t.Errorf("%d runs were trained, want %d\n%s", n, killedRuns, said)
	}
	compare(t, files(t, filepath.Join(dir, "out")), complete(t, dir, "alone"))
}

// TestCompareSees: compare sees a difference in a byte and in a file.
func TestCompareSees(t *testing.T) {
	want := map[string]string{"a": "1", "b": "2"}
	for _, got := range []map[string]string{
		{"a": "1", "b": "3"}, {"a": "1"}, {"a": "1", "b": "2", ".b.lock": ""},
	} {
		if len(differences(got, want)) == 0 {
			t.Errorf("%v is taken for %v", got, want)
		}
	}
	if d := differences(maps.Clone(want), want); len(d) > 0 {
		t.Errorf("a clone differs: %v", d)
	}
}
