package cluster

import (
	"cmp"
	"fmt"
	"slices"
	"time"

	"ranksweep/results"
	"ranksweep/sweep"
)

// Speed is how fast runs are trained, and how that is known.
type Speed struct {
	Flops float64 // operations a second, of one run
	Known string  // in words, after "by"
}

// Time is how long work of some cost takes.
func (s Speed) Time(cost float64) time.Duration {
	return time.Duration(cost / s.Flops * float64(time.Second))
}

// SpeedOf returns the speed at which stored runs were trained, the median of them; not ok if none
// says how long it took.
func SpeedOf(runs []results.Run) (s Speed, ok bool) {
	var speeds []float64
	for _, r := range runs {
		if r.Status == results.Done && r.Timing.Seconds > 0 && r.Flops > 0 {
			speeds = append(speeds, r.Flops/r.Timing.Seconds)
		}
	}
	if len(speeds) == 0 {
		return s, false
	}
	slices.Sort(speeds)
	s.Flops = speeds[(len(speeds)-1)/2]
	s.Known = fmt.Sprintf("the median speed of %d runs that the store has", len(speeds))
	return s, true
}

// SpeedFor returns the speed at which the dearest of the jobs takes a time that is given.
func SpeedFor(jobs []sweep.Job, longest time.Duration) Speed {
	return Speed{Dearest(jobs).Material.Cost / longest.Seconds(), "the time per run that was given"}
}

// Dearest returns the job that costs most. There must be one.
func Dearest(jobs []sweep.Job) sweep.Job {
	return slices.MaxFunc(jobs, func(a, b sweep.Job) int { return cmp.Compare(a.Material.Cost, b.Material.Cost) })
}
