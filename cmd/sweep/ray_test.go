package main

import (
	"bytes"
	"crypto/sha256"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"ranksweep/cluster"
)

// needRay skips a test where no cluster of Ray is whose nodes may be killed: .ci/ray starts one.
func needRay(t *testing.T) {
	t.Helper()
	if os.Getenv("RAY_NODES") == "" {
		t.Skip("no Ray: PYTHON .ci/ray go test ./cmd/sweep -run Ray starts one, if PYTHON has Ray: " +
			"pip install -r cluster/ray/program/requirements.txt")
	}
}

// byRay is sweep submit of the experiment in a workplace, as a process of its own.
func byRay(dir, out string, args ...string) *exec.Cmd {
	c := exec.Command("sweep", append([]string{"submit", "killed.yaml", "--ray", "auto", "--out", out}, args...)...)
	c.Dir, c.Stderr = dir, new(bytes.Buffer)
	return c
}

// longer is a workplace whose 24 runs take a second or so each.
func longer(t *testing.T) string {
	t.Helper()
	dir := workplace(t)
	text := strings.Replace(killed, "steps: 30", "steps: 1500", 1)
	check(t, os.WriteFile(filepath.Join(dir, "killed.yaml"), []byte(text), 0o666))
	return dir
}

// awaitRecords waits until a store that a command fills has so many records, but not all of them.
func awaitRecords(t *testing.T, dir, out string, n int, said any) {
	t.Helper()
	for end := time.Now().Add(5 * time.Minute); countRecords(filepath.Join(dir, out)) < n; {
		if time.Now().After(end) {
			t.Fatalf("there are never %d records\n%s", n, said)
		}
		time.Sleep(50 * time.Millisecond)
	}
	if n := countRecords(filepath.Join(dir, out)); n == killedRuns {
		t.Fatal("all runs are done: they are too short to be disturbed")
	}
}

// endsWell runs a command, which must end well, and returns what it says.
func endsWell(t *testing.T, c *exec.Cmd) string {
	t.Helper()
	if err := c.Run(); err != nil {
		t.Fatalf("%v\n%s", err, c.Stderr)
	}
	return fmt.Sprint(c.Stderr)
}

// TestRay does to a cluster of a head and two nodes what happens to clusters. In the end one node is killed
// without grace in the middle. Each store has every run once, with the bytes of sweep run undisturbed.
func TestRay(t *testing.T) {
	needRay(t)
	t.Run("phases, from afar", rayPhases)
	t.Run("a file that was changed on a node", rayChangedFile)
	t.Run("runs that diverge and fail", rayDiverged)
	t.Run("interrupted", rayInterrupted)
	t.Run("a node is killed", rayNodeKilled)
}

// rayPhases: an experiment that tunes, from a machine that is no node; again there is nothing to do.
func rayPhases(t *testing.T) {
	dir := workplace(t)
	text := strings.Replace(killed, "lr: 1e-3, ", "", 1) + "nuisance: {lr: [1e-3, 3e-3]}\n" +
		"tune: {seed: [7], local: 3, extend: 1}\n"
	check(t, os.WriteFile(filepath.Join(dir, "killed.yaml"), []byte(text), 0o666))
	want := complete(t, dir, "undisturbed")
	for range 2 {
		said := endsWell(t, byRay(dir, "store", "--ray", os.Getenv("RAY_REMOTE")))
		if !strings.Contains(said, "local grids: ") {
			t.Errorf("says nothing of its phases:\n%s", said)
		}
		compare(t, files(t, filepath.Join(dir, "store")), want)
	}
}

// rayChangedFile: a file that a node has from before, with another content by now, is not used.
func rayChangedFile(t *testing.T) {
	dir := workplace(t)
	want := complete(t, dir, "undisturbed")
	kept, err := filepath.Glob(filepath.Join(os.Getenv("RAY_FILES"), "ranksweep-*", "files", "*"))
	if err != nil || len(kept) == 0 {
		t.Fatalf("no files are kept: %v", err)
	}
	for _, path := range kept {
		content, err := os.ReadFile(path)
		check(t, err)
		content[len(content)/2] ^= 1
		check(t, os.Chmod(path, 0o700))
		check(t, os.WriteFile(path, content, 0o700))
	}
	endsWell(t, byRay(dir, "store"))
	compare(t, files(t, filepath.Join(dir, "store")), want)
	for _, path := range kept {
		content, err := os.ReadFile(path)
		check(t, err)
		if hash := fmt.Sprintf("%x", sha256.Sum256(content)); hash != filepath.Base(path) {
			t.Errorf("%s has the hash %s", path, hash)
		}
	}
}

// rayDiverged: a run that diverges is a result, as it is to sweep run.
func rayDiverged(t *testing.T) {
	dir := workplace(t)
	diverge := []string{"--set", "lr=1", "--set", "optimizer=sgd", "--set", "weight_decay=1e6"}
	local := command(dir, "undisturbed", diverge...)
	c := byRay(dir, "store", diverge...)
	if a, b := local.Run(), c.Run(); fmt.Sprint(a) != fmt.Sprint(b) {
		t.Errorf("ends with %v, and sweep run with %v\n%s", b, a, c.Stderr)
	}
	if !strings.Contains(fmt.Sprint(c.Stderr), "24 diverged") {
		t.Errorf("does not say what diverged:\n%s", c.Stderr)
	}
	compare(t, files(t, filepath.Join(dir, "store")), files(t, filepath.Join(dir, "undisturbed")))
}

// rayInterrupted: Ctrl-C and sweep cancel end a submission, whose tasks sweep status shows. The same command
// goes on.
func rayInterrupted(t *testing.T) {
	dir := longer(t)
	want := complete(t, dir, "undisturbed")
	for i, end := range []struct {
		status int
		by     func(*os.Process)
	}{
		{interruptedStatus, func(p *os.Process) { check(t, p.Signal(os.Interrupt)) }},
		{cluster.AgainStatus, func(*os.Process) {
			s, _ := slurmStatus(t, dir, "store")
			if n := in(s.Tasks, cluster.Running); n == 0 || len(s.Tasks) == n || s.Tasks[0].Node == "" {
				t.Errorf("of %d runs, %d tasks are running: %+v", s.Missing, n, s.Tasks)
			}
			if out := tool(t, dir, "sweep", "cancel", "store"); !strings.HasPrefix(out, "canceled ") {
				t.Errorf("cancel says %q", out)
			}
		}},
	} {
		c := byRay(dir, "store")
		check(t, c.Start())
		awaitRecords(t, dir, "store", 2+3*i, c.Stderr)
		end.by(c.Process)
		c.Wait() // its exit status is looked at below
		if code := c.ProcessState.ExitCode(); code != end.status ||
			!strings.Contains(fmt.Sprint(c.Stderr), "the same command trains the rest") {
			t.Errorf("exit status %d\n%s", code, c.Stderr)
		}
	}
	if s, _ := slurmStatus(t, dir, "store"); len(s.Tasks) > 0 {
		t.Errorf("after the end there are tasks: %+v", s.Tasks)
	}
	there := countRecords(filepath.Join(dir, "store"))
	said := endsWell(t, byRay(dir, "store"))
	if want := fmt.Sprintf("stored already: %d of %d runs", there, killedRuns); !strings.Contains(said, want) {
		t.Errorf("does not say %q:\n%s", want, said)
	}
	compare(t, files(t, filepath.Join(dir, "store")), want)
}

// rayNodeKilled: a node and all that it runs is killed in the middle. Nothing of the environment here is seen
// on the nodes.
func rayNodeKilled(t *testing.T) {
	const secret = "SWEEP_TEST_SECRET"
	t.Setenv(secret, "1")
	dir := longer(t)
	began := time.Now()
	want := complete(t, dir, "undisturbed", "--workers", "2")
	alone := time.Since(began)
	c := byRay(dir, "store")
	began = time.Now()
	check(t, c.Start())
	awaitRecords(t, dir, "store", 6, c.Stderr)
	var node int
	_, err := fmt.Sscan(os.Getenv("RAY_NODES"), &node)
	check(t, err)
	atWork := 0
	for _, p := range processes(t) {
		if len(p.words) > 1 && p.words[1] == "work" {
			atWork++
			if strings.Contains(p.environment, secret) {
				t.Errorf("the environment has gone to a node: %q", p.environment)
			}
		}
	}
	if atWork != 2 {
		t.Errorf("%d programs are at work, want one on each node", atWork)
	}
	for _, p := range processes(t) {
		if p.id == node || p.parent == node {
			if p, err := os.FindProcess(p.id); err == nil {
				p.Kill()
			}
		}
	}
	if err := c.Wait(); err != nil {
		t.Fatalf("%v\n%s", err, c.Stderr)
	}
	t.Logf("24 runs on two nodes, of which one was killed: %v; by sweep run with two workers: %v",
		time.Since(began).Round(time.Second), alone.Round(time.Second))
	if said := fmt.Sprint(c.Stderr); !strings.Contains(said, "begins anew on node") {
		t.Errorf("does not say that a node was lost:\n%s", said)
	}
	compare(t, files(t, filepath.Join(dir, "store")), want)
}

// process is one of this machine.
type process struct {
	id, parent  int
	words       []string
	environment string
}

// processes returns those of Linux that can be looked at.
func processes(t *testing.T) (all []process) {
	t.Helper()
	folders, err := filepath.Glob("/proc/[0-9]*")
	check(t, err)
	for _, folder := range folders {
		var p process
		stat, _ := os.ReadFile(filepath.Join(folder, "stat")) // it may have ended
		words, _ := os.ReadFile(filepath.Join(folder, "cmdline"))
		environment, _ := os.ReadFile(filepath.Join(folder, "environ"))
		_, rest, _ := strings.Cut(string(stat), ") ")
		fmt.Sscan(filepath.Base(folder), &p.id)
		fmt.Sscanf(rest, "%1s %d", new(string), &p.parent)
		p.words, p.environment = strings.Split(string(words), "\x00"), string(environment)
		all = append(all, p)
	}
	return all
}
