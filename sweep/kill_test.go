package sweep_test

import (
	"flag"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"testing"
	"time"

	"ranksweep/results"
	"ranksweep/sweep/sweeptest"
)

var manyKills = flag.Int("kills", 40, "`NUMBER` of processes to kill that share a store")

// child names the store that this test binary fills, as a process of its own.
const child = "RANKSWEEP_SWEEP_TEST_CHILD"

// Such a process prints a mark for every step that it trains, and then how many runs it trained.
const (
	stepMark = "."
	said     = "trained %d\n"
)

// fill returns a process that fills a store with so many runs, and nothing else.
func fill(store string, runs int) *exec.Cmd {
	c := exec.Command(os.Args[0], "-test.run=^TestFill$", fmt.Sprint("-runs=", runs))
	c.Env = append(os.Environ(), child+"="+store)
	return c
}

// TestFill is such a process. It is no test.
func TestFill(t *testing.T) {
	store, o := os.Getenv(child), &sweeptest.Observer{}
	if store == "" {
		t.Skip("is for other tests")
	}
	o.OnStep = func() { fmt.Print(stepMark) }
	check(t, process(t, results.Open(store), together(t, *manyRuns), bowl{}, o))
	fmt.Printf(said, o.Trained)
}

// killer kills a process some milliseconds after it printed so many bytes.
type killer struct {
	victim *exec.Cmd
	left   int
}

func (k *killer) Write(p []byte) (int, error) {
	if k.left >= 0 && k.left < len(p) {
		time.AfterFunc(rand.N(5*time.Millisecond), func() { k.victim.Process.Kill() })
	}
	k.left -= len(p)
	return len(p), nil
}

// killedStore fills a store by eight processes at once. Each is killed shortly after a random
// step, which is among its first twenty, and replaced, until all runs are there or there are
// enough kills.
func killedStore(t *testing.T, store string, runs, enough int) (kills int) {
	t.Helper()
	ended := make(chan *exec.Cmd)
	start := func() {
		c := fill(store, runs)
		c.Stdout = &killer{victim: c, left: rand.N(20)}
		check(t, c.Start())
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
		} else if !c.ProcessState.Success() {
			t.Errorf("a process ended with %v", c.ProcessState)
		}
		checkKept(t, store, finished)
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

// TestManyKills: of eight processes on one store, each is killed at a random moment and
// replaced. No finished run is lost and no record is damaged. The next process completes the
// store, to the bytes of an undisturbed one, and Tidy leaves nothing else in it.
func TestManyKills(t *testing.T) {
	const runs = 60
	dir := t.TempDir()
	alone := filepath.Join(dir, "alone")
	check(t, fill(alone, runs).Run())
	want := sweeptest.Contents(t, alone)
	for kills, stores := 0, 0; kills < *manyKills; {
		store := filepath.Join(dir, "killed")
		kills += killedStore(t, store, runs, *manyKills-kills)
		check(t, fill(store, runs).Run())
		check(t, results.Open(store).Tidy())
		if err := sweeptest.SameContents(sweeptest.Contents(t, store), want); err != nil {
			t.Error(err)
		}
		check(t, os.RemoveAll(store))
		stores++
		t.Logf("%d kills, and %d stores of %d runs were completed", kills, stores, runs)
	}
}
