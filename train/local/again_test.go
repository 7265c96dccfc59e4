package local

import (
	"context"
	"errors"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"

	"ranksweep/lora"
	"ranksweep/metrics"
	"ranksweep/results"
	"ranksweep/sweep"
	"ranksweep/sweep/sweeptest"
	"ranksweep/train"
)

// TestAgainIsTheSame: a stored run, trained again, gives the same curve and the same
// adapters as the first time.
func TestAgainIsTheSame(t *testing.T) {
	trainer := New(os.DirFS(t.TempDir()))
	p := testPlan(t, trainer, testModel(t), testData(t))
	p.Jobs = p.Jobs[4:7] // two seeds of one rank, and another scaling
	var mu sync.Mutex
	handed := make(map[string][]lora.Trained)
	s := sweep.Scheduler{
		Trainers: train.Trainers{trainer}, Store: results.Open(t.TempDir()), Workers: 2, Memory: 1 << 30,
		Observer: &sweeptest.Observer{},
		HandOut: func(r results.Run, adapters []lora.Trained) error {
			mu.Lock()
			defer mu.Unlock()
			handed[r.ID] = adapters
			return nil
		},
	}
	check(t, s.Run(context.Background(), p))
	runs, problems := s.Store.Runs()
	if len(runs) != 3 || len(handed) != 3 || len(problems) > 0 {
		t.Fatalf("%d runs, %d handed out, problems %v", len(runs), len(handed), problems)
	}
	fresh := New(os.DirFS(t.TempDir()))
	for _, r := range runs {
		j, err := sweep.Again(context.Background(), r, train.Trainers{fresh})
		check(t, err)
		if j.ID != r.ID || j.Cell != r.Cell || j.Config.Seed != r.Seed {
			t.Errorf("run %s is job %s of cell %s", r.ID, j.ID, j.Cell)
		}
		o, err := fresh.Train(context.Background(), j.Config, func(metrics.Point) {})
		check(t, err)
		first := handed[r.ID]
		if len(o.Adapters) != len(first) || len(first) == 0 {
			t.Fatalf("run %s: %d adapters, %d the first time", r.ID, len(o.Adapters), len(first))
		}
		for i, a := range o.Adapters {
			if b := first[i]; a.Module != b.Module || a.Gamma != b.Gamma || !slices.Equal(a.A.Data, b.A.Data) ||
				!slices.Equal(a.B.Data, b.B.Data) {
				t.Errorf("run %s: %s is another adapter", r.ID, a.Module)
			}
		}
		if slices.Max(first[0].B.Data) == 0 {
			t.Errorf("run %s: nothing was trained", r.ID)
		}
	}
}

// TestHandOutFailureEndsTheSweep: the run then counts as not trained.
func TestHandOutFailureEndsTheSweep(t *testing.T) {
	trainer := New(os.DirFS(t.TempDir()))
	p := testPlan(t, trainer, testModel(t), testData(t))
	full := errors.New("no room for adapters")
	s := sweep.Scheduler{
		Trainers: train.Trainers{trainer}, Store: results.Open(t.TempDir()), Workers: 1, Memory: 1 << 30,
		Observer: &sweeptest.Observer{},
		HandOut:  func(results.Run, []lora.Trained) error { return full },
	}
	if err := s.Run(context.Background(), p); !errors.Is(err, full) {
		t.Errorf("ends with %v", err)
	}
	if runs, _ := s.Store.Runs(); len(runs) > 0 {
		t.Errorf("%d runs are stored without their adapters", len(runs))
	}
}

// TestAgainRefuses a run if something has changed, and names it.
func TestAgainRefuses(t *testing.T) {
	trainer := New(os.DirFS(t.TempDir()))
	p := testPlan(t, trainer, testModel(t), testData(t))
	p.Jobs = p.Jobs[:1]
	dir := t.TempDir()
	check(t, runPlan(t, context.Background(), p, trainer, dir, 1, &sweeptest.Observer{}))
	right, err := results.Open(dir).Get(p.Jobs[0].ID)
	check(t, err)
	if _, err := sweep.Again(context.Background(), right, train.Trainers{trainer}); err != nil {
		t.Fatal(err)
	}
	for want, change := range map[string]func(*results.Run){
		"its config: ":       func(r *results.Run) { r.Config = []byte(`{"adapter": {"rank": 0}}`) },
		"its config: json: ": func(r *results.Run) { r.Config = []byte(`[]`) },
		"reproduced: the arithmetic (numerics) has changed": func(r *results.Run) { r.Provenance.Numerics-- },
		"reproduced: model ":              func(r *results.Run) { r.Provenance.ModelHash = "x" },
		"reproduced: data ":               func(r *results.Run) { r.Provenance.DataHash = "x" },
		"reproduced: its ID has changed ": func(r *results.Run) { r.ID = "x" },
		"cannot be reproduced:": func(r *results.Run) {
			r.Config = []byte(strings.Replace(string(r.Config), `"model":"`, `"model":"no`, 1))
		},
	} {
		r := right
		change(&r)
		_, err := sweep.Again(context.Background(), r, train.Trainers{trainer})
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("got %v, want %s", err, want)
		}
	}
}
