package nn

// How the learning rate goes over a run.

import (
	"fmt"
	"math"
	"slices"
	"strings"
)

// Schedule is how the learning rate goes over a run, as a factor of its
// highest value: up in a straight line over Warmup steps, then as named.
type Schedule struct {
	Name   string  // constant, linear or cosine
	Warmup int     // steps of the way up; 0 for none
	Steps  int     // steps of the whole run, Warmup included
	Floor  float64 // linear and cosine: the factor that they end at
}

// scheduleNames are in the order in which errors list them.
var scheduleNames = []string{"constant", "linear", "cosine"}

// Validate reports an unknown name and a setting out of range.
func (s Schedule) Validate() error {
	switch {
	case !slices.Contains(scheduleNames, s.Name):
		return fmt.Errorf("nn: unknown schedule %q: known are %s", s.Name, strings.Join(scheduleNames, ", "))
	case s.Steps < 1:
		return fmt.Errorf("nn: schedule over %d steps: must be at least 1", s.Steps)
	case s.Warmup < 0 || s.Warmup > s.Steps:
		return fmt.Errorf("nn: warm-up of %d steps: must be at least 0 and at most the run's %d", s.Warmup, s.Steps)
	case !(s.Floor >= 0 && s.Floor <= 1):
		return fmt.Errorf("nn: schedule floor %g: must be at least 0 and at most 1", s.Floor)
	case s.Name == "constant" && s.Floor != 0:
		return fmt.Errorf("nn: schedule floor %g: a constant schedule has none, leave it at 0", s.Floor)
	}
	return nil
}

// Factor returns what the learning rate of a step, counted from 0, is
// multiplied by. The way up is (step+1)/Warmup: its first step moves, at
// 1/Warmup, and its last is at the full rate, as is the step after it, where
// the way down begins. Floor is reached at Steps, one step past the last, and
// kept from there on.
func (s Schedule) Factor(step int) float64 {
	if step < s.Warmup {
		return float64(step+1) / float64(s.Warmup)
	}
	done := 1.0
	if step < s.Steps {
		done = float64(step-s.Warmup) / float64(s.Steps-s.Warmup)
	}
	switch s.Name {
	case "linear":
		return s.Floor + (1-s.Floor)*(1-done)
	case "cosine":
		return s.Floor + (1-s.Floor)*(1+math.Cos(math.Pi*done))/2
	default:
		return 1
	}
}
