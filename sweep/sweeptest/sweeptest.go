// Package sweeptest helps to test what trains a plan: an observer that counts, and
// the content of a store.
package sweeptest

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"ranksweep/metrics"
	"ranksweep/results"
	"ranksweep/sweep"
)

// Observer counts the runs that a sweep trains and those that it skips.
type Observer struct {
	Trained, Skips int
	OnStep         func() // called after every step; it may be nil

	mu sync.Mutex
}

// Skipped counts a run whose record is there.
func (o *Observer) Skipped(sweep.Job, results.Run) { o.mu.Lock(); o.Skips++; o.mu.Unlock() }

// Finished counts a run that was trained.
func (o *Observer) Finished(int, sweep.Job, results.Run) { o.mu.Lock(); o.Trained++; o.mu.Unlock() }

// Started does nothing.
func (o *Observer) Started(int, sweep.Job) {}

// Waiting does nothing.
func (o *Observer) Waiting(sweep.Job) {}

// Interrupted does nothing.
func (o *Observer) Interrupted(int, sweep.Job) {}

// Stepped calls OnStep.
func (o *Observer) Stepped(int, sweep.Job, metrics.Point) {
	if o.OnStep != nil {
		o.OnStep()
	}
}

// Contents reads every file of a store but those that tell the time.
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

// SameContents returns an error unless two stores have the same files, and any.
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
