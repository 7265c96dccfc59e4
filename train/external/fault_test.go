package external

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"ranksweep/experiments"
	"ranksweep/results"
	"ranksweep/sweep"
	"ranksweep/sweep/sweeptest"
	"ranksweep/train"
	"ranksweep/train/local"
)

// faulty returns a trainer with a fault, in one process.
func faulty(t *testing.T, fault string) *Trainer {
	t.Helper()
	t.Setenv(faultKey, fault)
	t.Setenv(onceKey, filepath.Join(t.TempDir(), "once"))
	here := local.New(os.DirFS(t.TempDir()))
	x := New(t.Context(), Program{Name: "fake", Command: []string{os.Args[0]}}, here, []string{CPU})
	x.Quiet = 20 * time.Second
	if slices.Contains([]string{"hang", "mute", "deaf", "stops", "endless"}, fault) {
		x.Quiet = 2 * time.Second
	}
	t.Cleanup(func() { check(t, x.Close()) })
	return x
}

// TestFaultsFailOneRun: whatever the other process does wrong, its run has failed with a
// reason, the process is started anew, and the other runs are trained.
func TestFaultsFailOneRun(t *testing.T) {
	for fault, reason := range map[string]string{
		"failed":   "out of memory: 3 GB more are needed",
		"crash":    "ended after step 2 of 10: exit status 7; its log ends: the log begins | about to fail",
		"killed":   "was killed after step 2 of 10, as the system does when memory runs out",
		"leaves":   "ended after step 2 of 10: exit status 0",
		"hang":     "said nothing for 2s after step 2 of 10",
		"deaf":     "closed its standard output after step 2 of 10, but goes on",
		"stops":    "said half a line, and nothing more for 2s after step 2 of 10: a message ends with a new line",
		"endless":  "said nothing for 2s after step 10 of 10, the last one, without done",
		"unfit":    "failed after step 2 of 10: the device vanished",
		"gives up": "failed after step 1 of 10: no disk",
		"half":     `ended after step 2 of 10 in the middle of a message: "{\"type\": \"step\", \"ste"`,
		"garbage":  `said "epoch 1: 100%|####|\n" after step 2 of 10, which is no message`,
		"skips":    "reported step 4: must be step 0 of 10",
		"early":    "said done after step 2 of 10",
		"lossless": "reported step 0 without train_loss",
		"unknown":  `reported quantity "speed", which is unknown`,
		"alien":    `reported map "lm_head" at step 0, which the run does not adapt`,
		"stranger": `said "checkpoint" before the run's first step: must be working, step, saved, done`,
	} {
		t.Run(fault, func(t *testing.T) {
			x := faulty(t, fault)
			runs := sweepOf(t, x)
			count := make(map[results.Status]int)
			for _, r := range runs {
				count[r.Status]++
				if r.Status == results.Failed && !strings.Contains(r.Reason, "external: trainer fake: "+reason) {
					t.Errorf("failed since %s, want %s", r.Reason, reason)
				}
				if reached := stepIn(reason); r.Status == results.Failed && r.Steps != reached {
					t.Errorf("failed after %d steps, want %d", r.Steps, reached)
				}
			}
			if len(runs) != 3 || count[results.Failed] != 1 || count[results.Done] != 2 {
				t.Errorf("%d runs: %v, want one failed and two done", len(runs), count)
			}
		})
	}
}

// stepIn returns the step that a reason says was reported last; 0 if it says none.
func stepIn(reason string) (step int) {
	_, after, _ := strings.Cut(reason, "after step ")
	fmt.Sscan(after, &step)
	return step
}

// sweepOf trains three runs by a trainer into a store, and reads them.
func sweepOf(t *testing.T, x *Trainer) []results.Run {
	t.Helper()
	e := sweeptest.Experiment(t, "name: x\ngrid: {seed: [0, 1, 2]}\n")
	e.Base = tinyConfig(t, "llama")
	e.Base.Trainer = "fake"
	p, err := sweep.NewPlan(t.Context(), e, train.Trainers{x})
	check(t, err)
	dir := t.TempDir()
	s := sweep.Scheduler{Trainers: train.Trainers{x}, Store: results.Open(dir), Workers: 2, Memory: 1 << 40,
		Observer: new(sweeptest.Observer)}
	check(t, s.Run(t.Context(), p))
	runs, problems := results.Open(dir).Runs()
	check(t, errors.Join(problems...))
	return runs
}

// TestUnfitTrainersTrainNothing: a trainer that cannot begin is an error of the plan.
func TestUnfitTrainersTrainNothing(t *testing.T) {
	for fault, reason := range map[string]string{
		"ahead":   "speaks version 99 of the protocol, this program speaks 1: update the older of the two",
		"unable":  "torch is missing",
		"mute":    "said nothing for 2s",
		"chatter": `said "Welcome to my trainer!\n", which is no message`,
	} {
		x := faulty(t, fault)
		_, err := train.Trainers{x}.Resolve(t.Context(), fakeConfig(t))
		if err == nil || !strings.Contains(err.Error(), "external: trainer fake: "+reason) {
			t.Errorf("%s: %v, want %s", fault, err, reason)
		}
	}
	x := New(t.Context(), Program{Name: "fake", Command: []string{"/no/python"}}, nil, []string{CPU})
	defer x.Close()
	if _, err := x.Abilities(); err == nil || !strings.Contains(err.Error(), "/no/python") {
		t.Errorf("a command that is not there: %v", err)
	}
}

func fakeConfig(t *testing.T) experiments.Config {
	c := tinyConfig(t, "llama")
	c.Trainer = "fake"
	return c
}

// TestRefusedByField: what the other process cannot train is refused before training.
func TestRefusedByField(t *testing.T) {
	x := faulty(t, "")
	for want, change := range map[string]func(*experiments.Config){
		"optimizer sgd: trainer fake cannot train it: must be one of adamw": func(c *experiments.Config) {
			c.Train.Optimizer = "sgd"
		},
		"method dora: trainer fake cannot train it: must be one of lora": func(c *experiments.Config) {
			c.Adapter.Method = "dora"
		},
		"precision bf16: trainer fake cannot train it: must be one of float32": func(c *experiments.Config) {
			c.Train.Precision = "bf16"
		},
		"dropout 0.1: trainer fake cannot train it: must be 0": func(c *experiments.Config) { c.Adapter.Dropout = 0.1 },
	} {
		c := fakeConfig(t)
		change(&c)
		if _, err := (train.Trainers{x}).Resolve(t.Context(), c); err == nil || err.Error() != want {
			t.Errorf("%v, want %s", err, want)
		}
	}
}

// TestInterruptLeavesNoProcess: when the context ends, the run ends with its error, and the
// other process and its child with it.
func TestInterruptLeavesNoProcess(t *testing.T) {
	x := faulty(t, "hang")
	x.Quiet = time.Minute
	ctx, cancel := context.WithCancel(t.Context())
	c := fakeConfig(t)
	p, err := x.take(ctx)
	check(t, err)
	x.idle <- p
	go func() { time.Sleep(500 * time.Millisecond); cancel() }()
	if _, err := x.Train(ctx, c, quietly); !errors.Is(err, context.Canceled) {
		t.Errorf("ended with %v", err)
	}
	var child int
	if _, err := fmt.Sscanf(p.log.String(), "the log begins | about to fail | child %d", &child); err != nil {
		t.Fatal(p.log.String(), err)
	}
	for _, pid := range []int{p.cmd.Process.Pid, child} {
		for range 100 { // a killed process takes a moment to go
			if alive(t, pid) {
				time.Sleep(100 * time.Millisecond)
			}
		}
		if alive(t, pid) {
			t.Errorf("process %d is still there", pid)
		}
	}
}

// alive reports whether a process is there, and not just waiting to be collected.
func alive(t *testing.T, pid int) bool {
	t.Helper()
	if _, err := os.Stat("/proc/self/stat"); err != nil {
		t.Skip("skipped: needs /proc to see processes")
	}
	stat, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		return false
	}
	_, state, _ := strings.Cut(string(stat), ") ")
	return !strings.HasPrefix(state, "Z")
}

// TestProcessesStay: runs one after the other share a process, and nothing is left behind.
func TestProcessesStay(t *testing.T) {
	x := faulty(t, "")
	x = New(t.Context(), x.Program, x.Here, []string{CPU, CPU, CPU})
	c := fakeConfig(t)
	_, err := x.Train(t.Context(), c, quietly)
	check(t, err)
	p := <-x.idle
	x.idle <- p
	c.Seed = 1
	o, err := x.Train(t.Context(), c, quietly)
	check(t, err)
	if again := <-x.idle; again != p {
		t.Error("the second run had another process")
	}
	x.idle <- p
	if o.Steps != 10 || len(o.Curve) != 11 || o.Tokens == 0 {
		t.Errorf("%d steps, %d points, %d tokens", o.Steps, len(o.Curve), o.Tokens)
	}
	dir, err := x.files.dir()
	check(t, err)
	check(t, x.Close())
	if _, err := os.Stat(dir); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("%s is left behind: %v", dir, err)
	}
	if want := "fake, fake 1.0, cpu"; x.Provenance().Kernel != want {
		t.Errorf("provenance %q, want %q", x.Provenance().Kernel, want)
	}
}
