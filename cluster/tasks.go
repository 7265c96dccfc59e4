package cluster

import (
	"slices"
	"sort"
	"time"

	"ranksweep/sweep"
)

// Tasks returns the least number of shards of which none takes longer than given, if each trains so
// many runs at once. It is at least 1, and at most the number of jobs and most.
func Tasks(jobs []sweep.Job, s Speed, workers int, longest time.Duration, most int) int {
	return 1 + sort.Search(max(1, min(len(jobs), most))-1, func(less int) bool {
		return Longest(jobs, 1+less, s, workers) <= longest
	})
}

// Longest is how long the dearest of so many shards takes: as long as its runs one after another,
// divided by the number of workers, but no less than its longest run.
func Longest(jobs []sweep.Job, shards int, s Speed, workers int) time.Duration {
	if len(jobs) == 0 {
		return 0
	}
	costs := make([]float64, shards)
	for i, shard := range sweep.ShardsOf(jobs, shards) {
		costs[shard-1] += jobs[i].Material.Cost
	}
	return max(s.Time(slices.Max(costs)/float64(workers)), s.Time(Dearest(jobs).Material.Cost))
}
