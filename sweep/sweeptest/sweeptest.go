// Package sweeptest helps to test code that trains a plan: it reads experiments, counts runs,
// compares stores, and resolves configs without training.
package sweeptest

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"ranksweep/experiments"
	"ranksweep/metrics"
	"ranksweep/results"
	"ranksweep/sweep"
)

// Experiment reads an experiment file of the given text.
func Experiment(t testing.TB, text string) *experiments.Experiment {
	t.Helper()
	e, err := experiments.Parse("x.yaml", []byte(text))
	if err != nil {
		t.Fatal(err)
	}
	return e
}

// Observer counts the runs that a sweep trains and those that it skips.
type Observer struct {
	Trained, Skips int
	OnStep         func()   // called after every step, if not nil
	From           []int    // the steps from which runs went on
	Notes          []string // what was noted of runs

	mu sync.Mutex
}

// Skipped counts a run that has a record already.
func (o *Observer) Skipped(sweep.Job) { o.mu.Lock(); o.Skips++; o.mu.Unlock() }

// Finished counts a run that was trained.
func (o *Observer) Finished(int, sweep.Job, results.Run) { o.mu.Lock(); o.Trained++; o.mu.Unlock() }

// Started does nothing.
func (o *Observer) Started(int, sweep.Job) {}

// Waiting does nothing.
func (o *Observer) Waiting([]sweep.Job) {}

// Interrupted does nothing.
func (o *Observer) Interrupted(int, sweep.Job) {}

// Resumed keeps the step.
func (o *Observer) Resumed(_ int, _ sweep.Job, step int) {
	o.mu.Lock()
	o.From = append(o.From, step)
	o.mu.Unlock()
}

// Noted keeps the text.
func (o *Observer) Noted(_ sweep.Job, text string) {
	o.mu.Lock()
	o.Notes = append(o.Notes, text)
	o.mu.Unlock()
}

// Stepped calls OnStep.
func (o *Observer) Stepped(int, sweep.Job, metrics.Point) {
	if o.OnStep != nil {
		o.OnStep()
	}
}

// Contents reads every file of a store except those that hold times.
func Contents(t *testing.T, dir string) map[string]string {
	t.Helper()
	files := make(map[string]string)
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || d.Name() == "timing.json" {
			return err
		}
		text, err := os.ReadFile(path)
		files[strings.TrimPrefix(path, dir)] = string(text)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return files
}

// SameContents returns an error unless two stores have the same files with the same
// content, and at least one file.
func SameContents(a, b map[string]string) error {
	for name, text := range a {
		if b[name] != text {
			return fmt.Errorf("%s differs", name)
		}
	}
	if len(a) != len(b) || len(a) == 0 {
		return fmt.Errorf("%d files and %d", len(a), len(b))
	}
	return nil
}
