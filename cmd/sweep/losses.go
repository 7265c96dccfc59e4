package main

import (
	"slices"

	"ranksweep/page/live"
)

// losses are what runs in training have told so far, by their IDs: steps and training losses.
type losses map[string][][2]float64

// mostTold is how many points are kept of a run; of more every second one is dropped.
const mostTold = 1000

// of returns the runs in training with what each has told, and forgets others.
func (l losses) of(running []runningRun) []live.Run {
	all := make([]live.Run, 0, len(running)) // in JSON a list, though empty
	there := make(map[string]bool)
	for _, r := range running {
		there[r.Run] = true
		l.add(r)
		all = append(all, live.Run{Place: r.Place, Progress: r.progress(), By: r.by(), Points: slices.Clone(l[r.Run])})
	}
	for id := range l {
		if !there[id] {
			delete(l, id)
		}
	}
	return all
}

// add keeps what a run told, if that is of a new step. A run that begins again from an earlier step has a new curve.
func (l losses) add(r runningRun) {
	points := l[r.Run]
	if n := len(points); n > 0 && float64(r.Step) < points[n-1][0] {
		points = nil
	}
	if n := len(points); r.Loss != nil && (n == 0 || float64(r.Step) > points[n-1][0]) {
		points = append(points, [2]float64{float64(r.Step), *r.Loss})
	}
	if len(points) > mostTold {
		for i := range mostTold / 2 {
			points[i] = points[2*i]
		}
		points = append(points[:mostTold/2], points[len(points)-1])
	}
	l[r.Run] = points
}
