package main

import (
	"fmt"
	"math"
	"strings"
	"time"

	"ranksweep/paper/number"
	"ranksweep/results"
)

// effort is how much of a sweep is done, by the estimated cost of its runs and of their steps.
type effort struct {
	total  float64       // cost of all runs
	before float64       // cost of what was done before somebody began to look
	since  float64       // cost of what was done since
	took   time.Duration // since then
}

// share is the part of the cost that is done, from 0 to 1.
func (e effort) share() float64 {
	if e.total == 0 {
		return 1
	}
	return min(1, (e.before+e.since)/e.total)
}

// left estimates the time to the end from the cost done and the cost ahead. It is not known before
// anything was done.
func (e effort) left() (left time.Duration, known bool) {
	if e.since <= 0 {
		return 0, false
	}
	ahead := max(0, e.total-e.before-e.since)
	return time.Duration(min(float64(e.took)*ahead/e.since, math.MaxInt64/2)), true
}

// leftText says the time to the end; empty if it is not known.
func (e effort) leftText() string {
	left, known := e.left()
	if !known {
		return ""
	}
	return roundTime(left) + " left"
}

// bar draws the share.
func (e effort) bar() string {
	const cells = 24
	full := int(math.Round(e.share() * cells))
	return fmt.Sprintf("[%s%s] %3.0f%%", strings.Repeat("=", full), strings.Repeat(" ", cells-full), 100*e.share())
}

// tallied says how many runs are done, and how many of them ended otherwise than hoped for.
func tallied(finished, total int, count map[results.Status]int) string {
	s := fmt.Sprintf("%d/%s", finished, number.Count(total, "run"))
	for _, status := range []results.Status{results.Diverged, results.Failed} {
		if n := count[status]; n > 0 {
			s += fmt.Sprintf(", %d %s", n, status)
		}
	}
	return s
}

// lossText writes a loss as progress shows it.
func lossText(loss float64) string { return fmt.Sprintf("%.3f", loss) }
