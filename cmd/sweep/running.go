package main

import (
	"fmt"
	"strings"
	"time"

	"ranksweep/grid"
	"ranksweep/results"
)

// runningRun is a run that a process trains, as the run's lease says it. The process may be anywhere.
type runningRun struct {
	Run     string  `json:"run"`     // its ID
	Place   string  `json:"place"`   // in its grid, as in "rank=4 seed=0"
	Host    string  `json:"host"`    // of the process
	Process int     `json:"process"` // its number there
	Task    string  `json:"task,omitempty"`
	Seconds float64 `json:"seconds"` // for how long the process has had the run
	results.Progress
	Silent float64 `json:"silent_seconds,omitempty"` // no sign of life for so long: others may take the run over

	beat time.Duration // since its last sign of life
}

// runningRuns returns the runs of a grid that processes train, and those that processes began to train
// of which nothing is heard any more. A run that has a result counts for neither.
func runningRuns(g grid.Grid, holders []results.Holder, runs []results.Run) (running, silent []runningRun) {
	result := make(map[string]bool)
	for _, r := range runs {
		result[r.ID] = r.Status != results.Failed
	}
	held := make(map[string]results.Holder)
	for _, h := range holders {
		held[h.Run] = h
	}
	running = []runningRun{} // in JSON a list, though empty
	for _, p := range g.All() {
		h, ok := held[p.ID]
		if !ok || result[p.ID] {
			continue
		}
		r := runningRun{Run: p.ID, Place: placeOf(p), Host: h.Host, Process: h.Process,
			Task: h.Task, Seconds: h.Seconds, Progress: h.Progress, beat: h.Silent}
		if h.Lost() {
			r.Silent = h.Silent.Seconds()
			silent = append(silent, r)
		} else {
			r.Seconds += h.Silent.Seconds() // since the last beat
			running = append(running, r)
		}
	}
	return running, silent
}

// share is the part of the run that is trained, from 0 to 1.
func (r runningRun) share() float64 {
	if r.Steps <= 0 || r.Step <= 0 {
		return 0
	}
	return min(1, float64(r.Step)/float64(r.Steps))
}

// String says how far the run is, as a line of status.
func (r runningRun) String() string {
	if r.Silent > 0 {
		return fmt.Sprintf("%s: nothing was heard of %s for %s: others may take it over", r.Place, r.by(),
			spokenSeconds(r.Silent))
	}
	return fmt.Sprintf("%s: %s, %s", r.Place, r.progress(), r.by())
}

// progress says at which step the run is, its loss, and for how long it is trained.
func (r runningRun) progress() string {
	if r.Steps == 0 {
		return "begun"
	}
	text := fmt.Sprintf("step %d of %d", r.Step, r.Steps)
	if r.Loss != nil {
		text += ", loss " + lossText(*r.Loss)
	}
	return text + ", for " + spokenSeconds(r.Seconds)
}

// by names the process.
func (r runningRun) by() string {
	text := fmt.Sprintf("process %d of %s", r.Process, r.Host)
	if r.Task != "" {
		text = "task " + r.Task + ", " + text
	}
	return text
}

// line is a line of a frame, with room for the steps of the longest run. The place comes last, since a line
// that is too long for the screen is cut off at its end.
func (r runningRun) line(digits int) string {
	step, loss, by := "begun", "", r.Host
	if r.Steps > 0 {
		step = fmt.Sprintf("step %*d/%-*d", digits, r.Step, digits, r.Steps)
	}
	if r.Loss != nil {
		loss = lossText(*r.Loss)
	}
	if r.Task != "" {
		by = "task " + r.Task
	}
	return fmt.Sprintf("  %-*s  loss %6s  for %s  %s  %s", len("step /")+2*digits, step, loss,
		spokenSeconds(r.Seconds), by, r.Place)
}

func spokenSeconds(s float64) string { return roundTime(time.Duration(s * float64(time.Second))) }

// ofTask returns the runs that a task trains, and the others.
func ofTask(task string, all []runningRun) (own, others []runningRun) {
	for _, r := range all {
		if r.Task != "" && r.Task == task {
			own = append(own, r)
		} else {
			others = append(others, r)
		}
	}
	return own, others
}

// writeRuns writes a line for each run, after a word.
func writeRuns(b *strings.Builder, word string, runs []runningRun) {
	for _, r := range runs {
		fmt.Fprintf(b, "%-9s %s\n", word, r)
	}
}
