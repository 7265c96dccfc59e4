package cluster

import (
	"fmt"
	"math"
	"testing"
	"time"

	"ranksweep/results"
	"ranksweep/sweep"
	"ranksweep/train"
)

// jobsOf makes jobs of the given costs, in millions of operations.
func jobsOf(costs ...float64) (jobs []sweep.Job) {
	for i, c := range costs {
		jobs = append(jobs, sweep.Job{ID: fmt.Sprint(i), Material: train.Material{Cost: 1e6 * c}})
	}
	return jobs
}

// At a speed of a million operations a second, a job takes as many seconds as it costs.
var perSecond = Speed{Flops: 1e6}

// TestTasks: jobs of 4, 3, 3 and 2 s fit into 12 s in one task, into 6 s in two (4+2, 3+3), into 5 s
// in three, and need four where each must fit alone. Two workers halve the time, but not of a job.
func TestTasks(t *testing.T) {
	jobs := jobsOf(4, 3, 3, 2)
	for _, test := range []struct {
		workers int
		longest time.Duration
		most    int
		want    int
	}{
		{1, 12 * time.Second, 100, 1},
		{1, 6 * time.Second, 100, 2},
		{1, 5 * time.Second, 100, 3},
		{1, 4 * time.Second, 100, 4},
		{1, time.Second, 100, 4},
		{1, 5 * time.Second, 2, 2},
		{2, 6 * time.Second, 100, 1},
		{2, 4 * time.Second, 100, 2},
	} {
		if got := Tasks(jobs, perSecond, test.workers, test.longest, test.most); got != test.want {
			t.Errorf("%d workers, %v, at most %d: %d tasks, want %d", test.workers, test.longest, test.most, got,
				test.want)
		}
	}
	if got := Tasks(nil, perSecond, 1, time.Hour, 9); got != 1 {
		t.Errorf("no jobs: %d tasks", got)
	}
}

func TestLongest(t *testing.T) {
	jobs := jobsOf(4, 3, 3, 2)
	for _, test := range []struct {
		shards, workers int
		want            time.Duration
	}{{1, 1, 12 * time.Second}, {1, 2, 6 * time.Second}, {1, 12, 4 * time.Second}, {2, 1, 6 * time.Second}} {
		if got := Longest(jobs, test.shards, perSecond, test.workers); (got - test.want).Abs() > time.Millisecond {
			t.Errorf("%d shards, %d workers: %v, want %v", test.shards, test.workers, got, test.want)
		}
	}
}

func TestSpeedOf(t *testing.T) {
	run := func(status results.Status, flops, seconds float64) results.Run {
		return results.Run{Status: status, Flops: flops, Timing: results.Timing{Seconds: seconds}}
	}
	if s, ok := SpeedOf([]results.Run{run(results.Failed, 9, 1), run(results.Done, 9, 0)}); ok {
		t.Errorf("a failed run and one without a time give the speed %v", s)
	}
	s, ok := SpeedOf([]results.Run{run(results.Done, 8, 1), run(results.Done, 8, 4), run(results.Done, 8, 2)})
	if !ok || s.Flops != 4 {
		t.Errorf("8/1, 8/4 and 8/2 have the median %v", s.Flops)
	}
	if s := SpeedFor(jobsOf(1, 6, 2), 3*time.Second); math.Abs(s.Flops-2e6) > 1 {
		t.Errorf("6 million in 3 s is %v", s.Flops)
	}
}
