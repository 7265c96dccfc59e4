package local

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"ranksweep/experiments"
	"ranksweep/lora"
	"ranksweep/nn"
	"ranksweep/results"
	"ranksweep/sweep"
	"ranksweep/sweep/sweeptest"
	"ranksweep/train"
	"ranksweep/train/resume"
)

// stopping trains the run of a config into a store by a trainer of its own, as a process does,
// and interrupts it after so many steps; never if stop is 0.
func stopping(t *testing.T, c experiments.Config, dir string, stop int) *sweeptest.Observer {
	t.Helper()
	ctx, interrupt := context.WithCancel(t.Context())
	defer interrupt()
	trainers := train.Trainers{New(os.DirFS(t.TempDir()))}
	e := sweeptest.Experiment(t, "{name: saved, grid: {seed: [3]}}")
	e.Base = c
	p, err := sweep.NewPlan(ctx, e, trainers)
	check(t, err)
	steps := 0
	o := &sweeptest.Observer{OnStep: func() {
		if steps++; steps == stop {
			interrupt()
		}
	}}
	s := sweep.Scheduler{Trainers: trainers, Store: results.Open(dir), Workers: 1, Memory: 1 << 30, Observer: o,
		Checkpoints: new(resume.Bell)}
	if err := s.Run(ctx, p); err != nil && !errors.Is(err, context.Canceled) {
		t.Fatal(err)
	}
	return o
}

// variants are runs that differ in what they must remember.
func variants(t *testing.T) map[string]experiments.Config {
	all := make(map[string]experiments.Config)
	add := func(name string, change func(c *experiments.Config)) {
		c := testConfig(t)
		c.Train.Steps, c.Train.Batch = 6, 22 // nearly three epochs
		change(&c)
		if c = (experiments.Point{Config: c}).Canonical().Config; c.Validate() == nil {
			all[name] = c // not every optimizer trains what every method has
		}
	}
	for _, optimizer := range nn.Optimizers() {
		for _, method := range lora.Methods() {
			add(optimizer+" "+method, func(c *experiments.Config) {
				c.Train.Optimizer, c.Adapter.Method, c.Train.WeightDecay = optimizer, method, 0.1
				if slices.Contains(nn.OptimizersWith("momentum"), optimizer) {
					c.Train.Momentum = 0.9
				}
			})
		}
	}
	for _, method := range []string{"lora", "dora"} {
		add("dropout "+method, func(c *experiments.Config) { c.Adapter.Method, c.Adapter.Dropout = method, 0.3 })
	}
	for _, schedule := range []string{"constant", "linear", "cosine"} {
		add("schedule "+schedule, func(c *experiments.Config) { c.Train.Schedule, c.Train.Warmup = schedule, 3 })
	}
	add("accumulate", func(c *experiments.Config) { c.Train.Accumulate, c.Train.Batch = 3, 3 })
	add("clip", func(c *experiments.Config) { c.Train.Clip = 0.01 })
	add("bf16", func(c *experiments.Config) { c.Train.Precision = experiments.BF16Precision })
	add("merged", func(c *experiments.Config) { c.Adapter.Rank = 64 })
	add("zero A", func(c *experiments.Config) { c.Adapter.Scaling.ZeroA = true })
	add("no eps", func(c *experiments.Config) { c.Train.Eps = 0 })
	add("theory", func(c *experiments.Config) { c.Measure.Theory = true })
	add("no validation", func(c *experiments.Config) { c.Data.Validation = 0 })
	add("sparse", func(c *experiments.Config) {
		c.Measure = experiments.Measure{Every: 5, EvalEvery: 4, ProbeEvery: 3, ModulesEvery: 4, Probe: 4}
	})
	for _, gamma := range []string{experiments.InitialRank, experiments.CurrentRank} {
		add("budget "+gamma, func(c *experiments.Config) { // every kind of step
			c.Adapter.Method, c.Adapter.GammaRank = lora.AdaLoRAMethod, gamma
			c.Adapter.Rank, c.Adapter.TargetRank = 5, 2
			c.Adapter.TInit, c.Adapter.TFinal, c.Adapter.DeltaT, c.Adapter.Dropout = 1, 2, 2, 0.3
			c.Train.Steps, c.Adapter.OrthReg = 8, "root"
		})
	}
	add("diverges", func(c *experiments.Config) { c.Train.Optimizer, c.Train.LR = "sgd", 1e6 })
	return all
}

// TestResumedRunsAreTheSame: a run that is interrupted after each of its steps, and goes on each
// time in another process, gets the same bytes as a run that was never interrupted. Its
// checkpoint is gone then.
func TestResumedRunsAreTheSame(t *testing.T) {
	for name, c := range variants(t) {
		t.Run(name, func(t *testing.T) {
			t.Parallel() // the disk is slow
			check(t, c.Validate())
			whole, cut := t.TempDir(), t.TempDir()
			stopping(t, c, whole, 0)
			var from []int
			for trained := 0; trained == 0; {
				o := stopping(t, c, cut, 1)
				trained, from = o.Trained, append(from, o.From...)
				if len(o.Notes) > 0 {
					t.Fatal(o.Notes)
				}
			}
			if err := sweeptest.SameContents(sweeptest.Contents(t, cut), sweeptest.Contents(t, whole)); err != nil {
				t.Error(err)
			}
			runs, _ := results.Open(cut).Runs()
			var want []int
			for step := 1; step < min(runs[0].Steps+1, c.Train.Steps); step++ {
				want = append(want, step)
			}
			if !slices.Equal(from, want) || len(want) == 0 {
				t.Errorf("the run went on from steps %v, want %v", from, want)
			}
		})
	}
}

// TestUnfitCheckpointsAreLeftAside: a checkpoint that is damaged, or of another run, is kept
// under another name with a reason, and the run starts anew and gets the same bytes.
func TestUnfitCheckpointsAreLeftAside(t *testing.T) {
	c := testConfig(t)
	other := c
	other.Train.LR = 2e-3
	whole := t.TempDir()
	stopping(t, c, whole, 0)
	want := sweeptest.Contents(t, whole)
	dir := t.TempDir()
	stopping(t, other, dir, 5)
	ofOther := readCheckpoint(t, dir)
	dir = t.TempDir()
	stopping(t, c, dir, 5)
	good := readCheckpoint(t, dir)
	flipped := slices.Clone(good)
	flipped[len(flipped)/2] ^= 1
	for name, text := range map[string][]byte{
		"of another run": ofOther, "flipped": flipped, "cut off": good[:len(good)-1], "empty": nil,
		"text": []byte("{}"), "longer": append(slices.Clone(good), 0),
	} {
		dir := t.TempDir()
		stopping(t, c, dir, 5)
		check(t, os.WriteFile(checkpointsOf(t, dir)[0], text, 0o666))
		o := stopping(t, c, dir, 0)
		if len(o.From) > 0 || len(o.Notes) != 1 {
			t.Errorf("%s: goes on from %v with notes %q", name, o.From, o.Notes)
		}
		aside, err := filepath.Glob(filepath.Join(dir, "runs/.unfit/*"))
		if err != nil || len(aside) != 1 {
			t.Fatalf("%s: %d files are kept: %v", name, len(aside), err)
		}
		kept, err := os.ReadFile(aside[0])
		check(t, err)
		if string(kept) != string(text) {
			t.Errorf("%s: another file is kept", name)
		}
		check(t, os.RemoveAll(filepath.Join(dir, "runs/.unfit")))
		if err := sweeptest.SameContents(sweeptest.Contents(t, dir), want); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func checkpointsOf(t *testing.T, dir string) []string {
	t.Helper()
	found, err := filepath.Glob(filepath.Join(dir, "runs/.*.checkpoint"))
	if err != nil || len(found) != 1 {
		t.Fatalf("%d checkpoints: %v", len(found), err)
	}
	return found
}

func readCheckpoint(t *testing.T, dir string) []byte {
	t.Helper()
	text, err := os.ReadFile(checkpointsOf(t, dir)[0])
	check(t, err)
	return text
}

// TestRestoreRefuses: a state of a run of another shape, which its identity would not let pass,
// is refused, and the run starts anew.
func TestRestoreRefuses(t *testing.T) {
	c := testConfig(t)
	c.Adapter.Dropout = 0.3
	fresh := func(c experiments.Config) *training {
		l := New(os.DirFS(t.TempDir()))
		m, _, d, err := l.material(t.Context(), c)
		check(t, err)
		run, err := newTraining(new(nn.Arena), c, m.Model, d)
		check(t, err)
		return run
	}
	for name, change := range map[string]func(*experiments.Config){
		"rank":       func(c *experiments.Config) { c.Adapter.Rank = 3 },
		"method":     func(c *experiments.Config) { c.Adapter.Method = "dora" },
		"optimizer":  func(c *experiments.Config) { c.Train.Optimizer = "lion" },
		"dropout":    func(c *experiments.Config) { c.Adapter.Dropout = 0 },
		"steps":      func(c *experiments.Config) { c.Train.Steps = 4 },
		"validation": func(c *experiments.Config) { c.Data.Validation = 9 },
	} {
		other := c
		change(&other)
		s := fresh(c).state(5)
		if err := fresh(c).restore(&s); err != nil {
			t.Fatalf("a state of the same run: %v", err)
		}
		if err := fresh(other).restore(&s); err == nil {
			t.Errorf("a state of another %s passes", name)
		}
	}
	s := fresh(c).state(5)
	for _, text := range []string{"", "null", "{}", `{"kernel":"abacus","streams":[]}`, `{"streams":[null]}`,
		fmt.Sprintf("%s1", s.Own)} {
		s.Own = []byte(text)
		if err := fresh(c).restore(&s); err == nil {
			t.Errorf("a state with %.40q passes", text)
		}
	}
}
