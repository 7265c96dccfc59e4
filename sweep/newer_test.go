package sweep_test

import (
	"context"
	"maps"
	"os"
	"path/filepath"
	"testing"

	"ranksweep/results"
	"ranksweep/sweep"
	"ranksweep/sweep/sweeptest"
	"ranksweep/train"
)

// TestNewerRecordsAreNotTrainedAgain: a run with a record from the future is skipped, even if
// it would not fit into the memory, and its record stays as it is. A damaged one is trained.
func TestNewerRecordsAreNotTrainedAgain(t *testing.T) {
	dir := t.TempDir()
	trainers := train.Trainers{bowl{}}
	e := sweeptest.Experiment(t, "name: x\ndata: a\ntrain: {steps: 3}\ngrid: {rank: [1, 2, 4], lr: [0.1]}")
	p, err := sweep.NewPlan(context.Background(), e, trainers)
	check(t, err)
	store := results.Open(dir)
	run := func(memory int64) *sweeptest.Observer {
		o := &sweeptest.Observer{}
		s := sweep.Scheduler{Trainers: trainers, Store: store, Workers: 1, Memory: memory, Observer: o}
		check(t, s.Run(context.Background(), p))
		return o
	}
	if o := run(1); o.Trained != 3 {
		t.Fatalf("%d runs were trained", o.Trained)
	}
	for _, j := range p.Jobs {
		check(t, sweeptest.Newer(filepath.Join(dir, "runs", j.ID, "run.json"), `"rank"`, `"budget": 7, "rank"`))
	}
	was := sweeptest.Contents(t, dir)
	if o := run(0); o.Skips != 3 || o.Trained != 0 {
		t.Errorf("%d runs were skipped, %d were trained", o.Skips, o.Trained)
	}
	if now := sweeptest.Contents(t, dir); !maps.Equal(now, was) {
		t.Error("the store has changed")
	}
	check(t, os.Truncate(filepath.Join(dir, "runs", p.Jobs[0].ID, "run.json"), 40))
	if o := run(1); o.Skips != 2 || o.Trained != 1 {
		t.Errorf("with a damaged record, %d runs were skipped, %d were trained", o.Skips, o.Trained)
	}
}
