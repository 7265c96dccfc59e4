package main

import (
	"fmt"
	"io"
	"math"
	"os"
	"strconv"
	"sync"
	"time"

	"ranksweep/metrics"
	"ranksweep/paper/number"
	"ranksweep/results"
	"ranksweep/sweep"
)

// progress shows a sweep on standard error. On a terminal it redraws a bar for the sweep
// and a line for each worker. Elsewhere it writes a line when a run ends.
type progress struct {
	mu sync.Mutex
	screen
	places  places
	digits  int // number of digits in the longest run's steps
	started time.Time
	total   int
	cost    float64 // of the whole plan
	spared  float64 // cost of the runs that were stored already
	spent   float64 // cost of the runs trained since
	count   map[results.Status]int
	skipped int
	workers []workerState
	stop    chan struct{}
	stopped sync.WaitGroup
}

// workerState is the run that a worker trains.
type workerState struct {
	busy bool
	cut  bool // the run was interrupted
	job  sweep.Job
	from int // the step at which this process began
	last metrics.Point
}

// cost returns the cost of so many steps of the worker's run.
func (w workerState) cost(steps int) float64 {
	return w.job.Material.Cost * float64(steps) / float64(w.job.Config.Train.Steps)
}

func newProgress(w io.Writer, p *sweep.Plan, workers int) *progress {
	pr := &progress{
		screen: newScreen(w), places: placesOf(p.Jobs), started: time.Now(),
		total: len(p.Jobs), cost: sweep.Cost(p.Jobs), count: make(map[results.Status]int),
		workers: make([]workerState, workers), stop: make(chan struct{}),
	}
	for _, j := range p.Jobs {
		pr.digits = max(pr.digits, len(strconv.Itoa(j.Config.Train.Steps)))
	}
	if pr.live {
		pr.stopped.Go(pr.redraw)
	}
	return pr
}

// redraw draws a frame ten times a second, and the last one at the end.
func (p *progress) redraw() {
	tick := time.NewTicker(100 * time.Millisecond)
	defer tick.Stop()
	for {
		select {
		case <-tick.C:
			p.draw()
		case <-p.stop:
			p.draw()
			return
		}
	}
}

func (p *progress) close() {
	close(p.stop)
	p.stopped.Wait()
	p.end()
	if p.skipped > 0 {
		fmt.Fprintf(p.w, "stored already: %d of %s\n", p.skipped, number.Count(p.total, "run"))
	}
}

func (p *progress) draw() {
	p.mu.Lock()
	defer p.mu.Unlock()
	lines := []string{p.bar()}
	for i, w := range p.workers {
		if w.busy {
			lines = append(lines, fmt.Sprintf("%2d  %s  %s", i+1, w.line(p.digits), p.places.of(w.job)))
		}
	}
	p.frame(lines)
}

// bar returns the sweep's line: the share of its cost that is done, the number of runs that
// are done, and the time left.
func (p *progress) bar() string { return p.effort().bar() + "  " + p.tally() + "  " + p.left() }

func (p *progress) tally() string { return tallied(p.finished(), p.total, p.count) }

func (p *progress) finished() int {
	return p.skipped + p.count[results.Done] + p.count[results.Diverged] + p.count[results.Failed]
}

// trained returns the cost of the steps that this process has trained, including those of
// unfinished runs.
func (p *progress) trained() float64 {
	sum := p.spent
	for _, w := range p.workers {
		if w.busy {
			sum += w.cost(w.last.Step - w.from)
		}
	}
	return sum
}

func (p *progress) effort() effort {
	return effort{total: p.cost, before: p.spared, since: p.trained(), took: time.Since(p.started)}
}

// left says how long the sweep will take, or how long it took.
func (p *progress) left() string {
	if p.finished() == p.total {
		return "in " + roundTime(time.Since(p.started))
	}
	return p.effort().leftText()
}

// line shows how far a worker's run is. The run's name comes after it, since a line that is too
// long for the screen is cut off at its end. Steps have room for the given number of digits.
func (w workerState) line(digits int) string {
	s := fmt.Sprintf("step %*d/%-*d", digits, w.last.Step, digits, w.job.Config.Train.Steps)
	loss, norm := "", ""
	if v := w.last.Values[metrics.TrainLoss]; w.last.Step > 0 && !math.IsNaN(v) {
		loss, norm = lossText(v), number.Significant(w.last.Values[metrics.GradNorm], 2)
	}
	return fmt.Sprintf("%s  loss %6s  grad norm %7s", s, loss, norm)
}

func (p *progress) Skipped(j sweep.Job) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.skipped++
	p.spared += j.Material.Cost
}

func (p *progress) Started(worker int, j sweep.Job) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for len(p.workers) <= worker { // a cluster has as many as it has
		p.workers = append(p.workers, workerState{})
	}
	p.workers[worker] = workerState{busy: true, job: j}
}

func (p *progress) Resumed(worker int, j sweep.Job, step int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	w := &p.workers[worker]
	w.from, w.last.Step = step, step
	p.spared += w.cost(step)
	p.say(fmt.Sprintf("%s: goes on from its checkpoint at step %d", p.places.of(j), step))
}

func (p *progress) Noted(j sweep.Job, text string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.say(fmt.Sprintf("%s: %s", p.places.of(j), text))
}

func (p *progress) Stepped(worker int, _ sweep.Job, point metrics.Point) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.workers[worker].last = point
}

func (p *progress) Finished(worker int, j sweep.Job, r results.Run) {
	p.mu.Lock()
	defer p.mu.Unlock()
	w := &p.workers[worker]
	w.busy = false
	p.spent += j.Material.Cost - w.cost(w.from)
	p.count[r.Status]++
	line := fmt.Sprintf("%s: %s", p.places.of(j), r.Status)
	if r.Reason != "" {
		line += ", " + r.Reason
	}
	if !p.live {
		p.say(fmt.Sprintf("%s  %s  %s", p.tally(), line, p.left()))
	} else if r.Status != results.Done {
		p.say(line)
	}
}

func (p *progress) Waiting(jobs []sweep.Job) {
	p.mu.Lock()
	defer p.mu.Unlock()
	more := ""
	if n := len(jobs) - 1; n > 0 {
		more = fmt.Sprintf(" and %d more", n)
	}
	p.say(fmt.Sprintf("waiting for runs that other processes train: %s%s", p.places.of(jobs[0]), more))
}

func (p *progress) Interrupted(worker int, _ sweep.Job) {
	p.mu.Lock()
	defer p.mu.Unlock()
	w := &p.workers[worker]
	w.busy, w.cut = false, true
	p.spared -= w.cost(w.from)
}

// without returns the places of the runs that were interrupted and have no checkpoint in the store.
func (p *progress) without(s *results.Store) (all []string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, w := range p.workers {
		if _, err := os.Stat(s.CheckpointFile(w.job.ID)); w.cut && err != nil {
			all = append(all, p.places.of(w.job))
		}
	}
	return all
}

// roundTime writes a duration as one would say it.
func roundTime(d time.Duration) string {
	d = d.Round(time.Second)
	switch {
	case d < time.Minute:
		return fmt.Sprintf("%d s", int(d.Seconds()))
	case d < time.Hour:
		return fmt.Sprintf("%d min %02d s", int(d.Minutes()), int(d.Seconds())%60)
	}
	return fmt.Sprintf("%d h %02d min", int(d.Hours()), int(d.Minutes())%60)
}
